using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Lifecycle;
using EventSourcedAnalytics.Analysis.Stickiness;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projections.Activity;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Activity;

/// <summary>A project's activity.</summary>
[ObjectType<ProjectNode>]
public static class ProjectActivityFields
{
    /// <summary>Events and active persons by period.</summary>
    public static Task<ActivityReport> GetActivityAsync(
        [Parent] ProjectNode project, RangeInput range, [Service] ActivityAnswers answers, CancellationToken cancellationToken,
        Interval interval = Interval.Day, AsOfInput? asOf = null) =>
        answers.ActivityAsync(project.Project, range, interval, asOf, cancellationToken);

    /// <summary>One measure of any series by period, with filters and a breakdown.</summary>
    public static Task<SeriesReport> ExploreActivityAsync(
        [Parent] ProjectNode project, ActivityQueryInput query, RangeInput range, [Service] ActivityAnswers answers, CancellationToken cancellationToken, AsOfInput? asOf = null) =>
        answers.SeriesAsync(project.Project, query, range, asOf, cancellationToken);

    /// <summary>New, returning, resurrecting and dormant persons by period.</summary>
    public static Task<LifecycleReportNode> GetLifecycleAsync(
        [Parent] ProjectNode project, RangeInput range, Interval interval, [Service] ActivityAnswers answers, CancellationToken cancellationToken,
        SeriesInput? query = null, IReadOnlyList<FilterInput>? filters = null, DayOfWeek? weekStart = null, AsOfInput? asOf = null) =>
        answers.LifecycleAsync(project.Project, query, filters, weekStart, range, interval, asOf, cancellationToken);

    /// <summary>Persons by the number of periods they were active in.</summary>
    public static Task<StickinessReportNode> GetStickinessAsync(
        [Parent] ProjectNode project, RangeInput range, Interval interval, [Service] ActivityAnswers answers, CancellationToken cancellationToken,
        SeriesInput? query = null, IReadOnlyList<FilterInput>? filters = null, DayOfWeek? weekStart = null, AsOfInput? asOf = null) =>
        answers.StickinessAsync(project.Project, query, filters, weekStart, range, interval, asOf, cancellationToken);
}

/// <summary>A question about activity.</summary>
public sealed record ActivityQueryInput
{
    /// <summary>Which events; none = any activity.</summary>
    public SeriesInput? Series { get; init; }

    /// <summary>What is counted; default EVENTS.</summary>
    public ActivityMeasure? Measure { get; init; }

    /// <summary>Length of a period; default DAY.</summary>
    public Interval? Interval { get; init; }

    /// <summary>First day of the week; default the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Conditions on every event.</summary>
    public IReadOnlyList<FilterInput>? Filters { get; init; }

    /// <summary>Apart by value.</summary>
    public BreakdownInput? Breakdown { get; init; }

    /// <summary>Apart by the events' names; not together with a breakdown.</summary>
    public bool? ByName { get; init; }

    internal ActivityQuery ToQuery(TimeRange range) => new()
    {
        Series = Series?.ToSeries() ?? new(),
        Measure = Measure ?? ActivityMeasure.Events,
        Interval = (Interval ?? Common.Interval.Day).ToPeriod(),
        WeekStart = WeekStart,
        Filters = FilterInputs.ToFilters(Filters),
        Breakdown = Breakdown is null ? null : new Breakdown { By = Breakdown.By },
        ByName = ByName ?? false,
        Range = range,
    };
}

/// <summary>Activity by period.</summary>
/// <param name="Periods">One entry a period, oldest first.</param>
/// <param name="Events">Events of the whole range.</param>
/// <param name="ByName">Events by name, the most frequent first.</param>
/// <param name="AsOf">Where the report stands.</param>
public sealed record ActivityReport(IReadOnlyList<ActivityPeriod> Periods, long Events, IReadOnlyList<NamedCount> ByName, AsOf AsOf);

/// <summary>One period of activity.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Events">Events.</param>
/// <param name="Customers">Distinct persons active in the period.</param>
/// <param name="Dau">Distinct persons active on the period's last day; null for ranges that cut days.</param>
/// <param name="Wau">Distinct persons active in the 7 days that end with the period's last day.</param>
/// <param name="Mau">Distinct persons active in the 30 days that end with the period's last day.</param>
/// <param name="Provisional">True while the period is open.</param>
public sealed record ActivityPeriod(DateTime Start, long Events, long Customers, long? Dau, long? Wau, long? Mau, bool Provisional);

/// <summary>A count under a name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Count">The count.</param>
public sealed record NamedCount(string Name, long Count);

/// <summary>One measure by period.</summary>
/// <param name="Periods">Starts of the periods, oldest first.</param>
/// <param name="Values">One number a period.</param>
/// <param name="Total">Their sum.</param>
/// <param name="Breakdowns">By value, the largest first.</param>
/// <param name="OmittedValues">Values that are not listed.</param>
/// <param name="AsOf">Where the report stands.</param>
public sealed record SeriesReport(IReadOnlyList<DateTime> Periods, IReadOnlyList<long> Values, long Total, IReadOnlyList<SeriesBreakdown> Breakdowns, int OmittedValues, AsOf AsOf);

/// <summary>The numbers of one value.</summary>
/// <param name="Value">One text a property, or the name.</param>
/// <param name="Values">One number a period.</param>
/// <param name="Total">Their sum.</param>
public sealed record SeriesBreakdown(IReadOnlyList<string> Value, IReadOnlyList<long> Values, long Total);

/// <summary>The lifecycle by period.</summary>
/// <param name="Periods">One entry a period, oldest first.</param>
/// <param name="AsOf">Where the report stands.</param>
[GraphQLName("LifecycleReport")]
public sealed record LifecycleReportNode(IReadOnlyList<LifecyclePeriod> Periods, AsOf AsOf);

/// <summary>One period of the lifecycle.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="New">Active for the first time.</param>
/// <param name="Returning">Active, and in the period before.</param>
/// <param name="Resurrecting">Active again after a pause.</param>
/// <param name="Dormant">Active in the period before only; zero or negative.</param>
/// <param name="Provisional">True while the period is open.</param>
public sealed record LifecyclePeriod(DateTime Start, long New, long Returning, long Resurrecting, long Dormant, bool Provisional);

/// <summary>Persons by number of active periods.</summary>
/// <param name="Counts">Entry k - 1: persons active in exactly k periods.</param>
/// <param name="Total">All persons active.</param>
/// <param name="AsOf">Where the report stands.</param>
[GraphQLName("StickinessReport")]
public sealed record StickinessReportNode(IReadOnlyList<long> Counts, long Total, AsOf AsOf);

/// <summary>Answers activity, lifecycle and stickiness.</summary>
public sealed class ActivityAnswers(Answering answering)
{
    /// <summary>Events and active persons by period.</summary>
    public async Task<ActivityReport> ActivityAsync(Project project, RangeInput range, Interval interval, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(range);
        var (calendar, now) = (project.Settings.Calendar, answering.Now);
        var question = new ActivityQuery { Interval = interval.ToPeriod(), Range = range.ResolveSeries(calendar, now) };
        ActivityQuery[] parts = [.. Enum.GetValues<ActivityMeasure>().Select(measure => question with { Measure = measure, ByName = measure == ActivityMeasure.Events })];
        var answer = await AskAsync(project, asOf, now, parts, query => StoredActivity.CanAnswer(query, calendar), query => StoredActivity.Selections(query, calendar),
            (query, cells, revision) => Analysis.Activity.ActivityReport.Build(query, calendar, cells, revision),
            (query, snapshot) => Explore(snapshot, () => new ActivityExploration(query, calendar), (all, person) => all.Add(person), (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var by = answer.Report.ToDictionary(report => report.Measure);
        var events = by[ActivityMeasure.Events];
        return new ActivityReport(
            [.. events.Periods.Select((start, i) => new ActivityPeriod(start.ToTime(), events.Values[i], by[ActivityMeasure.Customers].Values[i], by[ActivityMeasure.Dau].Values[i],
                by[ActivityMeasure.Wau].Values[i], by[ActivityMeasure.Mau].Values[i], IsOpen(calendar, interval, start, now)))],
            events.Total, [.. events.Breakdowns.Select(row => new NamedCount(row.Value[0], row.Total))], answer.AsOf);
    }

    /// <summary>One measure of any series.</summary>
    public async Task<SeriesReport> SeriesAsync(Project project, ActivityQueryInput input, RangeInput range, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(input);
        var (calendar, now) = (project.Settings.Calendar, answering.Now);
        var asked = input.ToQuery(range.ResolveSeries(calendar, now));
        ApiError.ThrowIfAny(asked.Validate());
        var answer = await AskAsync(project, asOf, now, [asked], query => StoredActivity.CanAnswer(query, calendar), query => StoredActivity.Selections(query, calendar),
            (query, cells, revision) => Analysis.Activity.ActivityReport.Build(query, calendar, cells, revision),
            (query, snapshot) => Explore(snapshot, () => new ActivityExploration(query, calendar), (all, person) => all.Add(person), (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var report = answer.Report[0];
        return new SeriesReport([.. report.Periods.Select(start => start.ToTime())], report.Values, report.Total,
            [.. report.Breakdowns.Select(row => new SeriesBreakdown(row.Value, row.Values, row.Total))], report.OmittedValues, answer.AsOf);
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
            Range = range.ResolveSeries(calendar, now),
        };
        ApiError.ThrowIfAny(asked.Validate());
        var answer = await AskAsync(project, asOf, now, [asked], query => LifecycleReport.CanAnswer(query, calendar), query => LifecycleReport.Selections(query, calendar),
            (query, cells, revision) => LifecycleReport.Build(query, calendar, cells, revision),
            (query, snapshot) => Explore(snapshot, () => new LifecycleExploration(query, calendar), (all, person) => all.Add(person), (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var report = answer.Report[0];
        return new LifecycleReportNode([.. report.Periods.Select((start, i) => new LifecyclePeriod(
            start.ToTime(), report.New[i], report.Returning[i], report.Resurrecting[i], report.Dormant[i], IsOpen(calendar, interval, start, now)))], answer.AsOf);
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
            Range = range.ResolveSeries(calendar, now),
        };
        ApiError.ThrowIfAny(asked.Validate());
        var answer = await AskAsync(project, asOf, now, [asked], query => StickinessReport.CanAnswer(query, calendar), query => StickinessReport.Selections(query, calendar),
            (query, cells, revision) => StickinessReport.Build(query, calendar, cells, revision),
            (query, snapshot) => Explore(snapshot, () => new StickinessExploration(query, calendar), (all, person) => all.Add(person), (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        return new StickinessReportNode(answer.Report[0].Counts, answer.Report[0].Total, answer.AsOf);
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
