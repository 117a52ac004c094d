using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>All that an instance must know of a person to go on folding: the time of its last event, its traits if a fold looks at them, and one state a fold.</summary>
internal sealed class PersonState
{
    private readonly ProjectFolds folds;

    private PersonState(ProjectFolds folds)
    {
        this.folds = folds;
        States = new object[folds.Folds.Length];
    }

    /// <summary>Time of the last event applied. An event at or before it makes the person fold again.</summary>
    public long LastAt { get; set; } = long.MinValue;

    /// <summary>Traits as of the last event.</summary>
    public Traits Traits { get; set; } = Traits.Empty;

    /// <summary>One state a fold, in the order of the instance's folds.</summary>
    public object[] States { get; }

    /// <summary>The state of a person without events.</summary>
    public static PersonState New(ProjectFolds folds)
    {
        var state = new PersonState(folds);
        state.Complete();
        return state;
    }

    /// <summary>Writes the state for <see cref="Read"/>; the writer holds nothing else afterwards.</summary>
    public void Write(StateWriter writer)
    {
        var inner = writer.Inner;
        writer.Clear();
        writer.Int64(LastAt);
        writer.Bytes(Traits.Values.Count == 0 ? [] : Traits.ToJson().Utf8.Span);
        for (var i = 0; i < States.Length; i++)
        {
            inner.Clear();
            folds.Folds[i].WriteState(States[i], inner);
            writer.Int64(folds.Parts[i]);
            writer.Bytes(inner.Written);
        }
    }

    /// <summary>The state for <see cref="Read"/>.</summary>
    public byte[] ToBytes()
    {
        var writer = new StateWriter();
        Write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a state. A fold whose part isn't in it starts anew; parts that no fold has any more are left out.</summary>
    public static PersonState Read(ProjectFolds folds, ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes);
        var state = new PersonState(folds) { LastAt = reader.Int64() };
        var traits = reader.Bytes();
        if (traits.Length > 0) state.Traits = Traits.Empty.With(new JsonObjectSlice(traits.ToArray()));
        var next = 0;
        while (!reader.IsEnd)
        {
            var part = reader.Int64();
            var own = reader.Bytes();
            while (next < folds.Parts.Length && folds.Parts[next] < part) next++;
            if (next == folds.Parts.Length || folds.Parts[next] != part) continue;
            var ownReader = new StateReader(own);
            state.States[next] = folds.Folds[next].ReadState(ref ownReader);
        }
        state.Complete();
        return state;
    }

    private void Complete()
    {
        for (var i = 0; i < States.Length; i++) States[i] ??= folds.Folds[i].NewState();
    }
}
