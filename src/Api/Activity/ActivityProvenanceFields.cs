using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Lifecycle;
using EventSourcedAnalytics.Analysis.Stickiness;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Customers;
using EventSourcedAnalytics.Api.Provenance;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Activity;

/// <summary>Opens the numbers of activity.</summary>
[ObjectType<ActivityReport>]
public static class ActivityReportFields
{
    /// <summary>The persons behind a number of a period: the active ones, for WAU and MAU those of the 7 and 30 days that end with it. Their evidence is the events that made them so.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] ActivityReport report, DateTimeOffset period, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken,
        ActivityMeasure measure = ActivityMeasure.Customers, string? name = null) =>
        SegmentReportFields.FindAsync(report.Source, report.Query with { Measure = measure, ByName = true }, period, name is null ? null : [name], context, answering, cancellationToken);
}

/// <summary>Opens the numbers of the query builder.</summary>
[ObjectType<SegmentReport>]
public static class SegmentReportFields
{
    /// <summary>The persons behind the number of a period, of one breakdown value or of all. Their evidence is the events that are counted, or that make them count.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] SegmentReport report, DateTimeOffset period, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken,
        IReadOnlyList<string>? value = null) =>
        FindAsync(report.Source, report.Query, period, value, context, answering, cancellationToken);

    internal static Task<IReadOnlyList<CustomerNode>> FindAsync(
        ReportSource source, ActivityQuery query, DateTimeOffset period, IReadOnlyList<string>? value, IResolverContext context, Answering answering, CancellationToken cancellationToken)
    {
        var search = new ActivityProvenance(query, source.Project.Settings.Calendar, period.ToUnixTimeMilliseconds(), value);
        return Persons.BehindAsync(source, context, answering, person => search.Find(person) is { Count: > 0 } events ? Evidence.Of(EvidenceRole.Active, events) : null, cancellationToken);
    }
}

/// <summary>Opens the numbers of the lifecycle.</summary>
[ObjectType<LifecycleReportNode>]
public static class LifecycleReportFields
{
    /// <summary>The persons of a status in a period. Their evidence is their events of the period and of the one before.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] LifecycleReportNode report, DateTimeOffset period, LifecycleStatus status, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken)
    {
        var (start, exploration) = (period.ToUnixTimeMilliseconds(), new LifecycleExploration(report.Query, report.Source.Project.Settings.Calendar));
        var index = report.Periods.Select(known => known.Start).ToList().IndexOf(period.UtcDateTime);
        if (index < 0) throw ApiError.Invalid("A period is named by its first instant; take 'start' from one of the report's periods.");
        return Persons.BehindAsync(report.Source, context, answering, person => exploration.StatusOf(person)[index] == status
            ? Evidence.Of(EvidenceRole.Active, exploration.EventsOf(person, start))
            : null, cancellationToken);
    }
}

/// <summary>Opens the numbers of stickiness.</summary>
[ObjectType<StickinessReportNode>]
public static class StickinessReportFields
{
    /// <summary>The persons active in exactly so many periods. Their evidence is the events that made them active.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] StickinessReportNode report, int periods, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken)
    {
        if (periods < 1 || periods > report.Counts.Count) throw ApiError.Invalid($"This report counts 1 to {report.Counts.Count} active periods.");
        var exploration = new StickinessExploration(report.Query, report.Source.Project.Settings.Calendar);
        return Persons.BehindAsync(report.Source, context, answering, person => exploration.CountOf(person) == periods
            ? Evidence.Of(EvidenceRole.Active, exploration.EventsOf(person))
            : null, cancellationToken);
    }
}
