using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Projects;
using AnalysisReport = EventSourcedAnalytics.Analysis.Funnels.FunnelReport;

namespace EventSourcedAnalytics.Api.Funnels;

/// <summary>What a funnel answers.</summary>
public sealed class FunnelReport
{
    internal FunnelReport(Project project, FunnelQuery query, TimeRange range, AnalysisReport report, AsOf asOf, EventLog.LogPosition? position, DateTimeOffset now)
    {
        Project = project;
        Query = query;
        Range = range;
        Report = report;
        AsOf = asOf;
        Position = position;
        Steps = [.. report.Steps.Select(step => FunnelStep.Of(step, query))];
        Breakdowns = [.. report.Breakdowns.Select(row => new FunnelBreakdown(row.Value, row.IsOther, [.. row.Steps.Select(step => FunnelStep.Of(step, query))], Points(row.Trend, now)))];
        Trend = Points(report.Trend, now);
    }

    /// <summary>The steps of the whole funnel.</summary>
    public IReadOnlyList<FunnelStep> Steps { get; }

    /// <summary>The values of the breakdown, most entered first, then "Other".</summary>
    public IReadOnlyList<FunnelBreakdown> Breakdowns { get; }

    /// <summary>The funnel per period of entry.</summary>
    public IReadOnlyList<FunnelTrendPoint> Trend { get; }

    /// <summary>Where the report stands.</summary>
    public AsOf AsOf { get; }

    internal Project Project { get; }

    internal FunnelQuery Query { get; }

    internal TimeRange Range { get; }

    internal AnalysisReport Report { get; }

    internal EventLog.LogPosition? Position { get; }

    private static IReadOnlyList<FunnelTrendPoint> Points(IReadOnlyList<Analysis.Funnels.FunnelTrendPoint> points, DateTimeOffset now) =>
        [.. points.Select(point => new FunnelTrendPoint(point.Period.ToTime(), point.Entered, point.Converted, point.Rate, point.SettledAt > now.ToUnixTimeMilliseconds()))];
}

/// <summary>One step of a funnel.</summary>
/// <param name="Index">Its number, 1-based.</param>
/// <param name="Name">What fills it.</param>
/// <param name="Count">How many reached it or a deeper one; of an optional step: how many did it.</param>
/// <param name="ConversionFromStart">Share of those who reached the first step.</param>
/// <param name="ConversionFromPrevious">Share of those who reached the required step before.</param>
/// <param name="DropOff">How many reached the required step before but not this one.</param>
/// <param name="AverageSeconds">Mean time from the required step before.</param>
/// <param name="MedianSeconds">Median of the same.</param>
/// <param name="P90Seconds">90th percentile of the same.</param>
public sealed record FunnelStep(
    int Index, string Name, long Count, double? ConversionFromStart, double? ConversionFromPrevious, long DropOff, double? AverageSeconds, double? MedianSeconds, double? P90Seconds)
{
    internal static FunnelStep Of(FunnelReportStep step, FunnelQuery query) => new(
        step.Step, NameOf(query.Steps[step.Step - 1]), step.Count, step.ConversionFromStart, step.ConversionFromPrevious, step.DropOff,
        step.AverageSeconds, step.MedianSeconds, step.P90Seconds);

    private static string NameOf(Analysis.Funnels.FunnelStep step) =>
        step.Events.Count == 0 ? "any event" : string.Join(" or ", step.Events.Select(pattern => pattern.Name ?? "any event"));
}

/// <summary>The funnel of one breakdown value.</summary>
/// <param name="Value">One text a property; missing is the empty text.</param>
/// <param name="IsOther">True for the values beyond the limit, each person once.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Trend">Its entries per period.</param>
public sealed record FunnelBreakdown(IReadOnlyList<string> Value, bool IsOther, IReadOnlyList<FunnelStep> Steps, IReadOnlyList<FunnelTrendPoint> Trend);

/// <summary>The entries of one period.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Entered">How many reached the trend's first step.</param>
/// <param name="Converted">How many of them reached its last step.</param>
/// <param name="Rate">Percent converted, two decimals.</param>
/// <param name="Provisional">True while the window of its last entries is open.</param>
public sealed record FunnelTrendPoint(DateTime Start, long Entered, long Converted, double Rate, bool Provisional);

/// <summary>How conversion times are distributed.</summary>
/// <param name="Edges">Lower edges of the bins, in seconds.</param>
/// <param name="Counts">Persons a bin; the last holds all from its edge on.</param>
/// <param name="AverageSeconds">Mean time.</param>
public sealed record Histogram(IReadOnlyList<double> Edges, IReadOnlyList<long> Counts, double? AverageSeconds);

/// <summary>How one event or property goes with converting.</summary>
/// <param name="Name">The event, <c>property::value</c>, or <c>event::property::value</c>.</param>
/// <param name="Success">Converted persons who have it.</param>
/// <param name="Failure">Other entrants who have it.</param>
/// <param name="OddsRatio">Above 1 it goes with success.</param>
public sealed record Correlation(string Name, long Success, long Failure, double OddsRatio);
