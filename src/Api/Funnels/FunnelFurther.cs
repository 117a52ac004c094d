using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Common;

namespace EventSourcedAnalytics.Api.Funnels;

/// <summary>What a funnel's report doesn't hold itself: asked of the events, as the log stood at the report's position, whenever a client wants it.</summary>
public sealed class FunnelFurther(Answering answering)
{
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)];

    /// <summary>The times between two steps; null if the funnel has one step only.</summary>
    public async Task<FunnelHistogram?> HistogramAsync(FunnelReport report, int? from, int? to, int? bins, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (from is null && to is null && bins is null && report.Report.Histogram is { } own) return own;
        if (report.Report.HistogramOf(from, to, bins) is { } kept) return kept;
        if (report.Steps.Count == 1 && from is null && to is null) return null;
        var query = Whole(report.Query) with { Histogram = new FunnelHistogramQuery { FromStep = from, ToStep = to, Bins = bins } };
        return (await ExploreAsync(report, query, report.Range, keepPersons: false, cancellationToken)).Build().Histogram;
    }

    /// <summary>What goes with converting, the strongest first.</summary>
    public async Task<IReadOnlyList<FunnelCorrelationRow>> CorrelationAsync(FunnelReport report, FunnelCorrelation? asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (asked is null && report.Query.Correlation is not null) return report.Report.Correlation;
        var query = Whole(report.Query) with { Correlation = asked ?? new FunnelCorrelation() };
        return (await ExploreAsync(report, query, report.Range, keepPersons: false, cancellationToken)).Build().Correlation;
    }

    /// <summary>Entries and completions of the last minute, five minutes and hour, by the time of the step's own event.</summary>
    public async Task<IReadOnlyList<SlidingConversion>> SlidingAsync(FunnelReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        var now = new DateTimeOffset(report.AsOf.EvaluatedAt).ToUnixTimeMilliseconds();
        var query = Whole(report.Query);
        // Somebody who goes through the funnel twice in an hour converts twice, where attempts can be told apart.
        if (query.Order != FunnelOrder.Unordered && query.HoldConstant is null && query.Counting != FunnelCounting.Sessions) query = query with { Counting = FunnelCounting.Totals };
        var reach = (long)Windows[^1].TotalMilliseconds + query.Window.Milliseconds;
        var persons = (await ExploreAsync(report, query, new TimeRange(now - reach + 1, now), keepPersons: true, cancellationToken)).Persons();
        return [.. Windows.Select(window => Slide(query, persons, window, now))];
    }

    private static SlidingConversion Slide(FunnelQuery query, IReadOnlyList<FunnelPerson> persons, TimeSpan window, long now)
    {
        var counts = new long[query.Steps.Count];
        foreach (var person in persons)
            for (var i = 0; i < person.Path.Count; i++)
                if (person.Path[i].At > now - (long)window.TotalMilliseconds && person.Path[i].At <= now) counts[person.Steps[i] - 1]++;
        return new SlidingConversion(window, [.. counts.Select((count, i) => new SlidingStep(i + 1, count))], counts[0], counts[^1], counts[0] == 0 ? null : counts[^1] / (double)counts[0]);
    }

    private async Task<FunnelExploration> ExploreAsync(FunnelReport report, FunnelQuery query, TimeRange range, bool keepPersons, CancellationToken cancellationToken)
    {
        ApiError.ThrowIfAny(query.Validate());
        var snapshot = await answering.SnapshotAsync(report.Project, new AsOfInput { Position = report.Position?.ToString() ?? "0" }, cancellationToken);
        return FunnelAnswers.Explore(report.Project, query, range, snapshot, keepPersons, cancellationToken);
    }

    private static FunnelQuery Whole(FunnelQuery query) => query with { Breakdown = null, Trend = null, Histogram = null, Correlation = null };
}

/// <summary>What happened in the last while, by the time of each step's own event.</summary>
/// <param name="Window">How long the while is.</param>
/// <param name="Steps">How often each step was reached in it.</param>
/// <param name="Entered">Entries.</param>
/// <param name="Completed">Completions; their entries may be older than the window.</param>
/// <param name="Rate">Completions by entries; null without entries.</param>
public sealed record SlidingConversion(TimeSpan Window, IReadOnlyList<SlidingStep> Steps, long Entered, long Completed, double? Rate);

/// <summary>One step in the last while.</summary>
/// <param name="Index">Its number, 1-based.</param>
/// <param name="Count">How often it was reached.</param>
public sealed record SlidingStep(int Index, long Count);
