using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.Projections;
using EventSourcedAnalytics.Projections.Funnels;
using EventSourcedAnalytics.Projects;
using AnalysisReport = EventSourcedAnalytics.Analysis.Funnels.FunnelReport;

namespace EventSourcedAnalytics.Api.Funnels;

/// <summary>Answers funnels: from cells where a person is counted once, from the events everywhere else.</summary>
public sealed class FunnelAnswers(Answering answering)
{
    /// <summary>A defined funnel; null if there is none of this key. One that is no longer kept up to date is asked of the events. Without times, a stored answer
    /// has none between steps.</summary>
    public async Task<FunnelReport?> OfDefinitionAsync(
        Project project, string key, RangeInput range, BreakdownInput? breakdown, Interval? trend, AsOfInput? asOf, CancellationToken cancellationToken, bool isKept = true,
        bool withTimes = true)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(range);
        if (project.Find(DefinitionKind.Funnel, key) is not { IsRetired: false } definition) return null;
        var funnel = Definitions.Funnel(definition);
        var query = funnel.Query;
        if (breakdown is not null) query = query with { Breakdown = FunnelQueryInput.ToBreakdown(breakdown) };
        if (trend is { } interval) query = query with { Trend = (query.Trend ?? new FunnelTrend()) with { Interval = interval.ToPeriod() } };
        var now = answering.Now;
        var resolved = Resolve(funnel, range, project.Settings.Calendar, now);
        if (isKept && breakdown is null && (range.Named is not null || range.AllTime is not null)
            && await StoredAsync(project, definition, funnel, new StoredFunnelQuestion(range.Named, WithTimes: withTimes), trend ?? funnel.Query.Trend?.Interval.ToInterval(), asOf, now, cancellationToken) is { } stored)
            return new FunnelReport(project, query, resolved, stored.Report, stored.AsOf, stored.Position, now);
        return await ExploreAsync(project, query, resolved, asOf, now, cancellationToken);
    }

    /// <summary>Any funnel.</summary>
    public Task<FunnelReport> OfQueryAsync(Project project, FunnelQuery query, RangeInput range, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(query);
        ApiError.ThrowIfAny(query.Validate());
        var now = answering.Now;
        return ExploreAsync(project, query, range.Resolve(project.Settings.Calendar, now), asOf, now, cancellationToken);
    }

    /// <summary>Folds the persons of a snapshot.</summary>
    internal static FunnelExploration Explore(
        Project project, FunnelQuery query, TimeRange range, ProjectSnapshot snapshot, bool keepPersons, CancellationToken cancellationToken) => PersonSums.Of(
            snapshot.Persons, () => new FunnelExploration(query, project.Settings.Calendar, range, keepPersons),
            static (exploration, person) => exploration.Add(person), static (all, part) => all.Merge(part), cancellationToken);

    private async Task<FunnelReport> ExploreAsync(Project project, FunnelQuery query, TimeRange range, AsOfInput? asOf, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ApiError.ThrowIfAny(query.Validate());
        var answer = await answering.ExploreAsync(project, asOf, now, snapshot =>
        {
            var bounded = query.Trend is { } trend ? Bound(range, snapshot).RequireFew(project.Settings.Calendar, trend.Interval) : range;
            return Explore(project, query, bounded, snapshot, keepPersons: false, cancellationToken).Build();
        }, cancellationToken);
        return new FunnelReport(project, query, range, answer.Report, answer.AsOf, answer.Position, now);
    }

    // A trend lists every period of its range: all of time is as long as there are events.
    private static TimeRange Bound(TimeRange range, ProjectSnapshot snapshot)
    {
        if (range != TimeRange.All) return range;
        long from = long.MaxValue, to = long.MinValue;
        foreach (var person in snapshot.Persons)
        {
            if (person.Events.Length == 0) continue;
            from = Math.Min(from, person.Events[0].At);
            to = Math.Max(to, person.Events[^1].At);
        }
        return from <= to ? new TimeRange(from, to) : new TimeRange(0, 0);
    }

    private Task<Answer<AnalysisReport>?> StoredAsync(
        Project project, Definition definition, FunnelDefinition funnel, StoredFunnelQuestion question, Interval? trend, AsOfInput? asOf, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!funnel.Query.CanBeStored(out _) || trend is Interval.Minute or Interval.Hour or Interval.Quarter) return Task.FromResult<Answer<AnalysisReport>?>(null);
        var calendar = project.Settings.Calendar;
        var selections = StoredFunnel.Selections(funnel, calendar, question).ToList();
        if (trend is { } interval) selections.Add(new CellSelection(FunnelCells.Counts, 1 + (long)interval, 1 + (long)interval));
        return answering.StoredAsync(FunnelsProjection.ProjectionName, definition.Revision, selections, asOf, now, cells =>
        {
            var asked = trend is { } shown && PeriodsIn(cells, shown, calendar) is { } periods ? question with { Trend = shown.ToPeriod(), Periods = periods } : question;
            return StoredFunnel.Build(funnel, calendar, asked, cells.Rows) is StoredFunnelAnswer.Answered answered ? answered.Report : null;
        }, cancellationToken);
    }

    private static TimeRange? PeriodsIn(CellSet cells, Interval interval, Calendar calendar)
    {
        var starts = cells.Rows.Where(row => row.Key.Table == FunnelCells.Counts && row.Key.A == 1 + (long)interval && row.Value[0] != 0).Select(row => row.Key.B).ToList();
        return starts.Count == 0 ? null : new TimeRange(starts.Min(), calendar.EndOf(interval.ToPeriod(), starts.Max()));
    }

    private static TimeRange Resolve(FunnelDefinition funnel, RangeInput range, Calendar calendar, DateTimeOffset now)
    {
        if (range.Named is not { } name) return range.Resolve(calendar, now);
        var named = (funnel.NamedRanges ?? []).FirstOrDefault(candidate => candidate.Name == name)
            ?? throw ApiError.NotFound($"The funnel '{funnel.Key}' names no range '{name}'.");
        return named.ToTimeRange();
    }
}
