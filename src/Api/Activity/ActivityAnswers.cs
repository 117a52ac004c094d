using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Lifecycle;
using EventSourcedAnalytics.Analysis.Stickiness;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Provenance;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.Projections.Activity;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Activity;

/// <summary>Answers activity, lifecycle and stickiness.</summary>
public sealed class ActivityAnswers(Answering answering)
{
    /// <summary>Events and active persons by period.</summary>
    public async Task<ActivityReport> ActivityAsync(Project project, RangeInput range, Interval interval, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(range);
        var (calendar, now) = (project.Settings.Calendar, answering.Now);
        var question = new ActivityQuery { Interval = interval.ToPeriod(), Range = range.ResolveSeries(calendar, now, interval.ToPeriod()) };
        ActivityQuery[] parts = [.. Enum.GetValues<ActivityMeasure>().Select(measure => question with { Measure = measure, ByName = measure == ActivityMeasure.Events })];
        var answer = await AskAsync(project, asOf, now, parts, query => StoredActivity.CanAnswer(query, calendar), query => StoredActivity.Selections(query, calendar),
            (query, cells, revision) => Analysis.Activity.ActivityReport.Build(query, calendar, cells, revision),
            (query, snapshot) => Explore(snapshot, () => new ActivityExploration(query, calendar), (all, person) => all.Add(person), (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var by = answer.Report.ToDictionary(report => report.Measure);
        var events = by[ActivityMeasure.Events];
        return new ActivityReport(
            [.. events.Periods.Select((start, i) => new ActivityPeriod(start.ToTime(), events.Values[i], by[ActivityMeasure.Customers].Values[i], by[ActivityMeasure.Dau].Values[i],
                by[ActivityMeasure.Wau].Values[i], by[ActivityMeasure.Mau].Values[i], IsOpen(calendar, interval, start, now)))],
            events.Total, [.. events.Breakdowns.Select(row => new NamedCount(row.Value[0], row.Total))], answer.AsOf) { Source = new ReportSource(project, answer.Position), Query = question };
    }

    /// <summary>One measure of any series.</summary>
    public async Task<SegmentReport> SegmentAsync(Project project, ActivityQuery input, RangeInput range, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(input);
        var (calendar, now) = (project.Settings.Calendar, answering.Now);
        var asked = input with { Range = range.ResolveSeries(calendar, now, input.Interval) };
        ApiError.ThrowIfAny(asked.Validate());
        var answer = await AskAsync(project, asOf, now, [asked], query => StoredActivity.CanAnswer(query, calendar), query => StoredActivity.Selections(query, calendar),
            (query, cells, revision) => Analysis.Activity.ActivityReport.Build(query, calendar, cells, revision),
            (query, snapshot) => Explore(snapshot, () => new ActivityExploration(query, calendar), (all, person) => all.Add(person), (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var report = answer.Report[0];
        return new SegmentReport([.. report.Periods.Select(start => start.ToTime())], report.Values, report.Total,
            [.. report.Breakdowns.Select(row => new SegmentBreakdown(row.Value, row.Values, row.Total))], report.OmittedValues, answer.AsOf)
        { Source = new ReportSource(project, answer.Position), Query = asked };
    }

    /// <summary>The lifecycle.</summary>
    public async Task<LifecycleReportNode> LifecycleAsync(
        Project project, SeriesInput? series, IReadOnlyList<FilterInput>? filters, DayOfWeek? weekStart, RangeInput range, Interval interval, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var (calendar, now) = (project.Settings.Calendar, answering.Now);
        var asked = new LifecycleQuery
        {
            Series = series?.ToSeries() ?? new(),
            Filters = FilterInputs.ToFilters(filters),
            WeekStart = weekStart,
            Interval = interval.ToPeriod(),
            Range = range.ResolveSeries(calendar, now, interval.ToPeriod()),
        };
        ApiError.ThrowIfAny(asked.Validate());
        var answer = await AskAsync(project, asOf, now, [asked], query => LifecycleReport.CanAnswer(query, calendar), query => LifecycleReport.Selections(query, calendar),
            (query, cells, revision) => LifecycleReport.Build(query, calendar, cells, revision),
            (query, snapshot) => Explore(snapshot, () => new LifecycleExploration(query, calendar), (all, person) => all.Add(person), (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var report = answer.Report[0];
        return new LifecycleReportNode([.. report.Periods.Select((start, i) => new LifecyclePeriod(
            start.ToTime(), report.New[i], report.Returning[i], report.Resurrecting[i], report.Dormant[i], IsOpen(calendar, interval, start, now)))], answer.AsOf)
        { Source = new ReportSource(project, answer.Position), Query = asked };
    }

    /// <summary>Stickiness.</summary>
    public async Task<StickinessReportNode> StickinessAsync(
        Project project, SeriesInput? series, IReadOnlyList<FilterInput>? filters, DayOfWeek? weekStart, RangeInput range, Interval interval, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var (calendar, now) = (project.Settings.Calendar, answering.Now);
        var asked = new StickinessQuery
        {
            Series = series?.ToSeries() ?? new(),
            Filters = FilterInputs.ToFilters(filters),
            WeekStart = weekStart,
            Interval = interval.ToPeriod(),
            Range = range.ResolveSeries(calendar, now, interval.ToPeriod()),
        };
        ApiError.ThrowIfAny(asked.Validate());
        var answer = await AskAsync(project, asOf, now, [asked], query => StickinessReport.CanAnswer(query, calendar), query => StickinessReport.Selections(query, calendar),
            (query, cells, revision) => StickinessReport.Build(query, calendar, cells, revision),
            (query, snapshot) => Explore(snapshot, () => new StickinessExploration(query, calendar), (all, person) => all.Add(person), (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        return new StickinessReportNode(answer.Report[0].Counts, answer.Report[0].Total, answer.AsOf) { Source = new ReportSource(project, answer.Position), Query = asked };
    }

    // Several questions that one answer shows must stand at one position: all from the cells in one snapshot, or all from the events.
    private async Task<Answer<IReadOnlyList<TReport>>> AskAsync<TQuery, TReport>(
        Project project, AsOfInput? asOf, DateTimeOffset now, IReadOnlyList<TQuery> queries, Func<TQuery, bool> canAnswer, Func<TQuery, IReadOnlyList<CellSelection>> selections,
        Func<TQuery, CellSet, long, TReport> build, Func<TQuery, ProjectSnapshot, TReport> explore, CancellationToken cancellationToken)
    {
        var definition = project.Definitions.First(known => known.Kind == DefinitionKind.Activity);
        if (queries.All(canAnswer))
        {
            IReadOnlyList<CellSelection> needed = [.. queries.SelectMany(selections)];
            var stored = await answering.StoredAsync<IReadOnlyList<TReport>>(ActivityProjection.ProjectionName, definition.Revision, needed, asOf, now,
                cells => [.. queries.Select(query => build(query, cells, definition.Revision))], cancellationToken);
            if (stored is not null) return stored;
        }
        return await answering.ExploreAsync<IReadOnlyList<TReport>>(project, asOf, now, snapshot => [.. queries.Select(query => explore(query, snapshot))], cancellationToken);
    }

    private static T Explore<T>(ProjectSnapshot snapshot, Func<T> create, Action<T, PersonHistory> add, Action<T, T> merge, CancellationToken cancellationToken) =>
        PersonSums.Of(snapshot.Persons, create, add, merge, cancellationToken);

    private static bool IsOpen(Calendar calendar, Interval interval, long start, DateTimeOffset now) => calendar.EndOf(interval.ToPeriod(), start) >= now.ToUnixTimeMilliseconds();
}
