using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Revenue;

/// <summary>A project's revenue.</summary>
[ObjectType<ProjectNode>]
public static class ProjectRevenueFields
{
    /// <summary>Orders, refunds and buyers by period and currency.</summary>
    public static Task<RevenueReport> GetRevenueAsync(
        [Parent] ProjectNode project, RangeInput range, [Service] RevenueAnswers answers, CancellationToken cancellationToken,
        Interval interval = Interval.Day, string? currency = null, DayOfWeek? weekStart = null, AsOfInput? asOf = null) =>
        answers.RevenueAsync(project.Project, range, interval, currency, weekStart, asOf, cancellationToken);

    /// <summary>Revenue by acquisition period and periods since. Without a currency the project's own.</summary>
    public static Task<CohortRevenueReport> GetCohortRevenueAsync(
        [Parent] ProjectNode project, RangeInput range, [Service] RevenueAnswers answers, CancellationToken cancellationToken,
        Interval period = Interval.Month, int intervals = 12, string? currency = null, DayOfWeek? weekStart = null, AsOfInput? asOf = null) =>
        answers.CohortRevenueAsync(project.Project, range, period, intervals, currency, weekStart, asOf, cancellationToken);

    /// <summary>Monthly recurring revenue and its movements.</summary>
    public static Task<MrrReport> GetMrrAsync(
        [Parent] ProjectNode project, RangeInput range, [Service] RevenueAnswers answers, CancellationToken cancellationToken,
        Interval interval = Interval.Month, string? currency = null, double grossMargin = 1, DayOfWeek? weekStart = null, AsOfInput? asOf = null) =>
        answers.MrrAsync(project.Project, range, interval, currency, grossMargin, weekStart, asOf, cancellationToken);
}
