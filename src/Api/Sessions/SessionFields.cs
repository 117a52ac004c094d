using EventSourcedAnalytics.Analysis.Sessions;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projections.Sessions;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Sessions;

/// <summary>Sessions by period.</summary>
/// <param name="Periods">One entry a period, oldest first.</param>
/// <param name="EntryPages">Pages that sessions were entered on, the most frequent first.</param>
/// <param name="ExitPages">Pages that they were left on.</param>
/// <param name="AsOf">Where the report stands.</param>
[GraphQLName("SessionsReport")]
public sealed record SessionsReportNode(IReadOnlyList<SessionsPeriodNode> Periods, IReadOnlyList<SessionsPage> EntryPages, IReadOnlyList<SessionsPage> ExitPages, AsOf AsOf);

/// <summary>Sessions that began in one period.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Sessions">Sessions.</param>
/// <param name="Bounces">Those with one page view and nothing else.</param>
/// <param name="BounceRate">Their share.</param>
/// <param name="Events">Events of the sessions.</param>
/// <param name="AverageSeconds">Mean time from first to last event.</param>
[GraphQLName("SessionsPeriod")]
public sealed record SessionsPeriodNode(DateTime Start, long Sessions, long Bounces, double? BounceRate, long Events, double? AverageSeconds);

/// <summary>A project's sessions.</summary>
[ObjectType<ProjectNode>]
public static class ProjectSessionFields
{
    /// <summary>Sessions by period: as the sender numbered them, else cut at gaps of more than 30 minutes.</summary>
    public static async Task<SessionsReportNode> GetSessionsAsync(
        [Parent] ProjectNode project, RangeInput range, [Service] Answering answering, CancellationToken cancellationToken,
        Interval interval = Interval.Day, DayOfWeek? weekStart = null, AsOfInput? asOf = null)
    {
        var (calendar, now) = (project.Project.Settings.Calendar, answering.Now);
        var query = new SessionsQuery { Interval = interval.ToPeriod(), WeekStart = weekStart, Range = range.ResolveSeries(calendar, now) };
        ApiError.ThrowIfAny(query.Validate());
        var revision = project.Project.Definitions.First(known => known.Kind == DefinitionKind.Activity).Revision;
        var answer = SessionsReport.CanAnswer(query, calendar)
            ? await answering.StoredAsync(SessionsProjection.ProjectionName, revision, SessionsReport.Selections(query, calendar), asOf, now,
                cells => SessionsReport.Build(query, calendar, cells, revision), cancellationToken)
            : null;
        answer ??= await answering.ExploreAsync(project.Project, asOf, now, snapshot => PersonSums.Of(
            snapshot.Persons, () => new SessionsExploration(query, calendar), static (all, person) => all.Add(person), static (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var report = answer.Report;
        return new SessionsReportNode(
            [.. report.Periods.Select(period => new SessionsPeriodNode(period.Period.ToTime(), period.Sessions, period.Bounces, period.BounceRate, period.Events, period.AverageSeconds))],
            report.EntryPages, report.ExitPages, answer.AsOf);
    }
}
