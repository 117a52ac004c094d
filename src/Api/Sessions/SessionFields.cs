using EventSourcedAnalytics.Analysis.Sessions;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Customers;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.Api.Provenance;
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
public sealed record SessionsReportNode(IReadOnlyList<SessionsPeriodNode> Periods, IReadOnlyList<SessionsPage> EntryPages, IReadOnlyList<SessionsPage> ExitPages, AsOf AsOf)
{
    internal ReportSource Source { get; init; } = null!;

    internal SessionsQuery Query { get; init; } = null!;
}

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
        var query = new SessionsQuery { Interval = interval.ToPeriod(), WeekStart = weekStart, Range = range.ResolveSeries(calendar, now, interval.ToPeriod()) };
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
            report.EntryPages, report.ExitPages, answer.AsOf)
        { Source = new ReportSource(project.Project, answer.Position), Query = query };
    }
}

/// <summary>Opens the numbers of sessions.</summary>
[ObjectType<SessionsReportNode>]
public static class SessionsReportFields
{
    /// <summary>The persons with a session that began in a period, bounces only if asked for. Their evidence is the events of those sessions.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] SessionsReportNode report, DateTimeOffset period, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken, bool bounces = false)
    {
        var calendar = report.Source.Project.Settings.Calendar.WithWeekStart(report.Query.WeekStart);
        var index = calendar.IndexOf(report.Query.Interval, period.ToUnixTimeMilliseconds());
        return Persons.BehindAsync(report.Source, context, answering, person =>
        {
            var sessions = SessionCutter.Cut(person.Events).Where(session => report.Query.Range.Contains(session[0].At)
                && calendar.IndexOf(report.Query.Interval, session[0].At) == index && (!bounces || SessionsExploration.IsBounce(session))).ToList();
            return sessions.Count == 0 ? null : Evidence.Of(EvidenceRole.Session, sessions.SelectMany(session => session));
        }, cancellationToken);
    }
}
