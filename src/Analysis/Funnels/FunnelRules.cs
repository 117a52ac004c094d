namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>A query made ready for the passes: what they need to know, as numbers.</summary>
internal sealed class FunnelRules
{
    public FunnelRules(FunnelQuery query)
    {
        Query = query;
        Steps = query.Steps.Count;
        Window = query.Window.Milliseconds;
        IsStrict = query.Order == FunnelOrder.Strict;
        IsUnordered = query.Order == FunnelOrder.Unordered;
        CountsAttempts = query.Counting == FunnelCounting.Totals;
        SingleEntry = query.Entry == FunnelEntry.First || CountsAttempts;
        TiesAreStrict = query.Ties == FunnelTies.Strict;
        for (var step = 1; step <= Steps; step++) if (query.Steps[step - 1].Optional) Optional |= Bit(step);
        HoldsConstant = query.HoldConstant is not null;
        HasExclusions = query.Exclusions is { Count: > 0 };
    }

    /// <summary>The query.</summary>
    public FunnelQuery Query { get; }

    /// <summary>Number of steps.</summary>
    public int Steps { get; }

    /// <summary>The conversion window, milliseconds.</summary>
    public long Window { get; }

    /// <summary>Any other event breaks the chain.</summary>
    public bool IsStrict { get; }

    /// <summary>Steps in any order.</summary>
    public bool IsUnordered { get; }

    /// <summary>Attempts are counted, not persons.</summary>
    public bool CountsAttempts { get; }

    /// <summary>Only the first step-1 event (of the range, the period or the attempt) is an entry.</summary>
    public bool SingleEntry { get; }

    /// <summary>Events of one millisecond never follow one another.</summary>
    public bool TiesAreStrict { get; }

    /// <summary>Bit k-1: step k is optional.</summary>
    public uint Optional { get; }

    /// <summary>All steps carry the same value of a property.</summary>
    public bool HoldsConstant { get; }

    /// <summary>Some events taint.</summary>
    public bool HasExclusions { get; }

    /// <summary>Whether the funnel can be shown per period of entry: it has two steps at least, and none is optional.</summary>
    public bool HasTrend => Steps > 1 && Optional == 0;

    /// <summary>Whether a step may be left out.</summary>
    public bool IsOptional(int step) => (Optional & Bit(step)) != 0;

    /// <summary>The last required step before a step; 0 before the first.</summary>
    public int RequiredBefore(int step)
    {
        do step--; while (step > 0 && IsOptional(step));
        return step;
    }

    /// <summary>The bit of a step in <see cref="StepEvent.Steps"/>.</summary>
    public static uint Bit(int step) => 1u << (step - 1);

    /// <summary>A new pass by these rules.</summary>
    /// <param name="window">The events of an unordered funnel.</param>
    /// <param name="keepsPositions">True if somebody asks which events made a record.</param>
    public Pass NewPass(UnorderedWindow? window, bool keepsPositions) =>
        IsUnordered ? new UnorderedPass(this, window!, keepsPositions) : HoldsConstant ? new ConstantPass(this, keepsPositions) : new OrderedPass(this, keepsPositions);
}
