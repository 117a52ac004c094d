namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>What a funnel answers. Counts are exact; rates are null where nobody could convert.</summary>
/// <param name="Steps">The steps of the whole funnel.</param>
/// <param name="Breakdowns">The values asked for, most entered first, then "Other"; empty without a breakdown.</param>
/// <param name="Trend">The whole funnel per period of entry; empty without a trend.</param>
/// <param name="Histogram">What the query's histogram asked for; null without one.</param>
/// <param name="Correlation">What goes with converting; empty without a correlation.</param>
public sealed record FunnelReport(
    IReadOnlyList<FunnelReportStep> Steps,
    IReadOnlyList<FunnelBreakdownRow> Breakdowns,
    IReadOnlyList<FunnelTrendPoint> Trend,
    FunnelHistogram? Histogram,
    IReadOnlyList<FunnelCorrelationRow> Correlation)
{
    /// <summary>Conversion times by pair of steps, for <see cref="HistogramOf"/>.</summary>
    internal IReadOnlyDictionary<(int From, int To), Durations> Times { get; init; } = new Dictionary<(int, int), Durations>();

    /// <summary>The histogram of the times between two steps.</summary>
    /// <param name="from">From this step, 1-based; null = the first.</param>
    /// <param name="to">To this step; null = the last.</param>
    /// <param name="bins">Number of bins, 1 to 90; null = chosen by the number converted.</param>
    /// <returns>Null if the times of this pair were not kept: ask ad hoc, with the pair in the query.</returns>
    public FunnelHistogram? HistogramOf(int? from = null, int? to = null, int? bins = null)
    {
        var pair = (from ?? 1, to ?? Steps.Count);
        return Times.TryGetValue(pair, out var durations) ? FunnelHistogram.Of(durations, pair.Item1, pair.Item2, bins) : null;
    }
}

/// <summary>One step of a funnel.</summary>
/// <param name="Step">Its number, 1-based.</param>
/// <param name="Count">How many reached it or a deeper one; of an optional step: how many did it.</param>
/// <param name="ConversionFromStart">Share of those who reached the first step, 0..1.</param>
/// <param name="ConversionFromPrevious">Share of those who reached the required step before, 0..1.</param>
/// <param name="DropOff">How many reached the required step before but not this one.</param>
/// <param name="AverageSeconds">Mean time from the required step before; null for the first and for optional steps, and if nobody converted.</param>
/// <param name="MedianSeconds">Median of the same.</param>
/// <param name="P90Seconds">90th percentile of the same.</param>
public sealed record FunnelReportStep(
    int Step, long Count, double? ConversionFromStart, double? ConversionFromPrevious, long DropOff, double? AverageSeconds, double? MedianSeconds, double? P90Seconds);

/// <summary>The funnel of one breakdown value.</summary>
/// <param name="Value">One text a property; missing is the empty text; <c>["Other"]</c> for the rest.</param>
/// <param name="IsOther">True for the rest: all values beyond the limit, each person once with the deepest result.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Trend">Its trend; empty without one.</param>
public sealed record FunnelBreakdownRow(IReadOnlyList<string> Value, bool IsOther, IReadOnlyList<FunnelReportStep> Steps, IReadOnlyList<FunnelTrendPoint> Trend);

/// <summary>The entries of one period.</summary>
/// <param name="Period">Its first instant, milliseconds since the Unix epoch.</param>
/// <param name="SettledAt">The instant from which on nothing can change it: its end plus the window. Before, it is provisional.</param>
/// <param name="Entered">How many reached the trend's first step.</param>
/// <param name="Converted">How many of them reached its last step.</param>
public sealed record FunnelTrendPoint(long Period, long SettledAt, long Entered, long Converted)
{
    /// <summary>Percent of the entered who converted, two decimals; 0 if nobody entered.</summary>
    public double Rate => Entered == 0 ? 0 : Math.Round(100.0 * Converted / Entered, 2, MidpointRounding.ToEven);
}

/// <summary>How one event or property goes with converting.</summary>
/// <param name="Name">The event, <c>property::value</c>, or <c>event::property::value</c>.</param>
/// <param name="Success">Converted persons who have it.</param>
/// <param name="Failure">Other entrants who have it.</param>
/// <param name="OddsRatio">Odds of converting with it, relative to without; above 1 it goes with success.</param>
public sealed record FunnelCorrelationRow(string Name, long Success, long Failure, double OddsRatio);
