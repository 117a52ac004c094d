using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>A person's state as <see cref="PersonState"/> writes it, taken apart without knowing its folds.</summary>
/// <param name="LastAt">Time of the last event applied.</param>
/// <param name="Traits">Its traits, JSON; empty if there are none.</param>
/// <param name="Folds">What each fold wrote.</param>
internal sealed record StateParts(long LastAt, byte[] Traits, IReadOnlyList<(long Revision, byte[] State)> Folds)
{
    /// <summary>The revisions in it.</summary>
    public IEnumerable<long> Revisions => Folds.Select(fold => fold.Revision);

    /// <summary>Takes a state apart.</summary>
    public static StateParts Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes);
        var (lastAt, traits) = (reader.Int64(), reader.Bytes().ToArray());
        var folds = new List<(long, byte[])>();
        while (!reader.IsEnd) folds.Add((reader.Int64(), reader.Bytes().ToArray()));
        return new StateParts(lastAt, traits, folds);
    }

    /// <summary>The state that two states of the same person are together, each of folds of its own. Where both have a fold, the older one's part is of a time before it was retired.</summary>
    public static byte[] Join(ReadOnlySpan<byte> newer, ReadOnlySpan<byte> older)
    {
        var (one, other) = (Read(newer), Read(older));
        var writer = new StateWriter();
        writer.Int64(Math.Max(one.LastAt, other.LastAt));
        writer.Bytes(one.Traits.Length > 0 ? one.Traits : other.Traits);
        foreach (var (revision, state) in one.Folds.Concat(other.Folds).DistinctBy(fold => fold.Revision).OrderBy(fold => fold.Revision))
        {
            writer.Int64(revision);
            writer.Bytes(state);
        }
        return writer.Written.ToArray();
    }

    /// <summary>Takes a state apart; null if it is none.</summary>
    public static StateParts? TryRead(ReadOnlySpan<byte> bytes)
    {
        try { return Read(bytes); }
        catch (Exception error) when (error is IndexOutOfRangeException or ArgumentException or OverflowException) { return null; }
    }
}
