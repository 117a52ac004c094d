using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>What a retention fold knows of a person.</summary>
public sealed class RetentionState
{
    /// <summary>True once the person's first event of the start series has been seen (first time, first ever).</summary>
    internal bool IsDecided { get; set; }

    /// <summary>Breakdown value of the first start event.</summary>
    internal string? Value { get; set; }

    /// <summary>The person as a whole.</summary>
    internal RetentionTrack Total = new();

    /// <summary>The person by breakdown value, in recurring mode.</summary>
    internal Dictionary<string, RetentionTrack>? ByValue { get; private set; }

    /// <summary>The track of a breakdown value; good until the next value comes.</summary>
    internal ref RetentionTrack TrackOf(string value)
    {
        ByValue ??= new Dictionary<string, RetentionTrack>(StringComparer.Ordinal);
        ref var track = ref CollectionsMarshal.GetValueRefOrAddDefault(ByValue, value, out var isKnown);
        if (!isKnown) track = new RetentionTrack();
        return ref track;
    }

    /// <summary>Forgets values whose past no longer matters.</summary>
    internal void Prune(int intervals)
    {
        if (ByValue is null) return;
        foreach (var (value, _) in ByValue)
        {
            ref var track = ref CollectionsMarshal.GetValueRefOrNullRef(ByValue, value);
            track.MoveTo(Total.Period, intervals);
            if (track.IsEmpty) ByValue.Remove(value);
        }
    }

    /// <summary>Writes the state.</summary>
    internal void Write(StateWriter writer)
    {
        writer.Bool(IsDecided);
        writer.Text(Value);
        Total.Write(writer);
        writer.Int64(ByValue?.Count ?? 0);
        if (ByValue is null) return;
        foreach (var (value, track) in ByValue.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(value);
            track.Write(writer);
        }
    }

    /// <summary>Reads a state.</summary>
    internal static RetentionState Read(ref StateReader reader)
    {
        var state = new RetentionState { IsDecided = reader.Bool(), Value = reader.Text(), Total = RetentionTrack.Read(ref reader) };
        for (var count = reader.Int64(); count > 0; count--)
        {
            state.ByValue ??= new Dictionary<string, RetentionTrack>(StringComparer.Ordinal);
            state.ByValue.Add(reader.Text()!, RetentionTrack.Read(ref reader));
        }
        return state;
    }
}
