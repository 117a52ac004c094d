using System.Diagnostics.CodeAnalysis;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>All that an instance must know of a person to go on folding: the time of its last event, its traits if a fold looks at them, and one state a fold.</summary>
internal class PersonState
{
    private ProjectFolds? folds;

    // Most instances have one fold a project: its state needs no array. There is an object of this class a person and instance.
    private object? first;
    private object[]? others;
    private Traits? traits;

    protected PersonState()
    {
    }

    /// <summary>False while nothing is known of the person.</summary>
    [MemberNotNullWhen(true, nameof(folds))]
    public bool IsKnown => folds is not null;

    /// <summary>Time of the last event applied. An event at or before it makes the person fold again.</summary>
    public long LastAt { get; set; } = long.MinValue;

    /// <summary>Traits as of the last event.</summary>
    public Traits Traits { get => traits ?? Traits.Empty; set => traits = value; }

    /// <summary>One state a fold, in the order of the instance's folds.</summary>
    public FoldStates States => new(this);

    /// <summary>The state of a person without events.</summary>
    public static PersonState New(ProjectFolds folds)
    {
        var state = new PersonState();
        state.Begin(folds);
        return state;
    }

    /// <summary>Becomes the state of a person without events.</summary>
    public void Begin(ProjectFolds from)
    {
        (folds, LastAt, traits) = (from, long.MinValue, null);
        var all = from.Folds;
        others = all.Length > 1 ? new object[all.Length - 1] : null;
        for (var i = 0; i < all.Length; i++) States[i] = all[i].NewState();
    }

    /// <summary>Becomes what another state is; only one of the two may be used from here on.</summary>
    public void Become(PersonState other) => (folds, first, others, traits, LastAt) = (other.folds, other.first, other.others, other.traits, other.LastAt);

    /// <summary>Knows nothing any more.</summary>
    public void Forget() => (folds, first, others, traits, LastAt) = (null, null, null, null, long.MinValue);

    /// <summary>Writes the state for <see cref="Read"/>.</summary>
    /// <param name="outer">Holds nothing else afterwards.</param>
    /// <param name="inner">Is used on the way.</param>
    public void Write(StateWriter outer, StateWriter inner)
    {
        if (!IsKnown) throw new InvalidOperationException("Nothing is known of the person.");
        outer.Clear();
        outer.Int64(LastAt);
        outer.Bytes(Traits.Values.Count == 0 ? [] : Traits.ToJson().Utf8.Span);
        for (var i = 0; i < folds.Folds.Length; i++)
        {
            inner.Clear();
            folds.Folds[i].WriteState(States[i], inner);
            outer.Int64(folds.Parts[i]);
            outer.Bytes(inner.Written);
        }
    }

    /// <summary>The state for <see cref="Read"/>.</summary>
    public byte[] ToBytes()
    {
        var writer = new StateWriter();
        Write(writer, new StateWriter());
        return writer.Written.ToArray();
    }

    /// <summary>Reads a state. A fold whose part isn't in it starts anew; parts that no fold has any more are left out.</summary>
    public static PersonState Read(ProjectFolds folds, ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes);
        var lastAt = reader.Int64();
        var traits = reader.Bytes();
        var state = New(folds);
        state.LastAt = lastAt;
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
        return state;
    }

    /// <summary>The states of a person, by fold.</summary>
    public readonly struct FoldStates(PersonState person)
    {
        /// <summary>The state of a fold, by its number.</summary>
        public ref object this[int fold] => ref fold == 0 ? ref person.first! : ref person.others![fold - 1];
    }
}
