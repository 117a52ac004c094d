namespace EventSourcedAnalytics.Analysis.Time;

/// <summary>
/// A zone's hours or minutes, numbered without gaps. They follow the local clock; where a clock change falls inside one it ends there and the next begins, so
/// that a repeated hour is two hours and every instant lies in exactly one.
/// </summary>
internal sealed class ClockUnits
{
    private readonly long unit;
    private readonly long[] starts;
    private readonly long[] offsets;
    private readonly long[] shifts;
    private readonly long[] firsts;

    public ClockUnits(long[] starts, long[] offsets, long unit)
    {
        this.starts = starts;
        this.offsets = offsets;
        this.unit = unit;
        shifts = new long[starts.Length];
        firsts = new long[starts.Length];
        firsts[0] = long.MinValue;
        for (var i = 1; i < starts.Length; i++)
        {
            firsts[i] = IndexIn(i - 1, starts[i] - 1) + 1;
            shifts[i] = firsts[i] - Floor(starts[i] + offsets[i]);
        }
    }

    /// <summary>Number of the unit that holds an instant of a stretch.</summary>
    public long IndexIn(int stretch, long instant) => Floor(instant + offsets[stretch]) + shifts[stretch];

    /// <summary>First instant of a unit.</summary>
    public long StartAt(long index)
    {
        var stretch = 0;
        if (firsts.Length > 1)
        {
            stretch = Array.BinarySearch(firsts, index);
            if (stretch < 0) stretch = ~stretch - 1;
        }
        return Math.Max(starts[stretch], ((index - shifts[stretch]) * unit) - offsets[stretch]);
    }

    private long Floor(long value) => value >= 0 ? value / unit : ((value + 1) / unit) - 1;
}
