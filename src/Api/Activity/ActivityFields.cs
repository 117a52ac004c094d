using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.GraphQL;

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

    /// <summary>When the last event so far happened; null if there is none.</summary>
    public static async Task<DateTime?> GetLastEventAtAsync([Parent] ProjectNode project, [Service] Answering answering, CancellationToken cancellationToken)
    {
        var snapshot = await answering.SnapshotAsync(project.Project, null, cancellationToken);
        var last = snapshot.Persons.Where(person => person.Events.Length > 0).Select(person => (long?)person.Events[^1].At).Max();
        return last?.ToTime();
    }

    /// <summary>The query builder: one measure of any events by period, where conditions hold, by the values of properties.</summary>
    public static Task<SegmentReport> GetSegmentAsync(
        [Parent] ProjectNode project, SegmentQueryInput query, RangeInput range, [Service] ActivityAnswers answers, CancellationToken cancellationToken, AsOfInput? asOf = null) =>
        answers.SegmentAsync(project.Project, query.ToQuery(default), range, asOf, cancellationToken);

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
