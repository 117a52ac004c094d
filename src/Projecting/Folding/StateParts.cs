using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>A person's state as <see cref="PersonState"/> writes it, taken apart without knowing its folds.</summary>
/// <param name="LastAt">Time of the last event applied.</param>
/// <param name="Traits">Its traits, JSON; empty if there are none.</param>
/// <param name="Folds">What each fold wrote, by the key of its part.</param>
internal sealed record StateParts(long LastAt, byte[] Traits, IReadOnlyList<(long Part, byte[] State)> Folds)
{
    private static readonly StateParts None = new(long.MinValue, [], []);

    /// <summary>The parts in it.</summary>
    public IEnumerable<long> Parts => Folds.Select(fold => fold.Part);

    /// <summary>
    /// What the part of a fold is called: its revision, if it came with the read model, else another number. So a definition that went and came back, which has its old revision but
    /// another group, doesn't take what it left in a state that nobody has written since for what it knows now.
    /// </summary>
    /// <param name="revision">The definition's revision.</param>
    /// <param name="origin">The group that the definition came with.</param>
    public static long KeyOf(long revision, int origin) => unchecked(revision ^ (origin * 0x61C8864680B583EB));

    /// <summary>Takes a state apart.</summary>
    public static StateParts Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes);
        var (lastAt, traits) = (reader.Int64(), reader.Bytes().ToArray());
        var folds = new List<(long, byte[])>();
        while (!reader.IsEnd) folds.Add((reader.Int64(), reader.Bytes().ToArray()));
        return new StateParts(lastAt, traits, folds);
    }

    /// <summary>The state that two states of the same person are together, each of folds of its own.</summary>
    /// <param name="newer">The one of the newer group; none if it is empty.</param>
    /// <param name="older">The one of the older group.</param>
    /// <param name="kept">The parts that any fold has: a state without one counts for nothing, not even for when the person was seen last.</param>
    public static byte[] Join(ReadOnlySpan<byte> newer, ReadOnlySpan<byte> older, IReadOnlySet<long> kept)
    {
        var (one, other) = (newer.IsEmpty ? None : Read(newer).IfAnyIs(kept), Read(older).IfAnyIs(kept));
        var writer = new StateWriter();
        writer.Int64(Math.Max(one.LastAt, other.LastAt));
        writer.Bytes(one.Traits.Length > 0 ? one.Traits : other.Traits);
        // Both have a part of one key only where a program wrote them that did not tell parts by their group.
        foreach (var (part, state) in one.Folds.Concat(other.Folds).DistinctBy(fold => fold.Part).OrderBy(fold => fold.Part))
        {
            writer.Int64(part);
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

    // Parts of definitions that are gone stay beside others: they have moved the time of the last event, which can be seen by them.
    private StateParts IfAnyIs(IReadOnlySet<long> kept) => Parts.Any(kept.Contains) ? this : None;
}
