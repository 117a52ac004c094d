using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Lifecycle;
using EventSourcedAnalytics.Analysis.Stickiness;
using EventSourcedAnalytics.Api.Provenance;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Activity;

/// <summary>Activity by period.</summary>
/// <param name="Periods">One entry a period, oldest first.</param>
/// <param name="Events">Events of the whole range.</param>
/// <param name="ByName">Events by name, the most frequent first.</param>
/// <param name="AsOf">Where the report stands.</param>
public sealed record ActivityReport(IReadOnlyList<ActivityPeriod> Periods, long Events, IReadOnlyList<NamedCount> ByName, AsOf AsOf)
{
    internal ReportSource Source { get; init; } = null!;

    internal ActivityQuery Query { get; init; } = null!;
}

/// <summary>One period of activity.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Events">Events.</param>
/// <param name="Customers">Distinct persons active in the period.</param>
/// <param name="Dau">Distinct persons active in the period: with days, the daily active.</param>
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
public sealed record SegmentReport(IReadOnlyList<DateTime> Periods, IReadOnlyList<long> Values, long Total, IReadOnlyList<SegmentBreakdown> Breakdowns, int OmittedValues, AsOf AsOf)
{
    internal ReportSource Source { get; init; } = null!;

    internal ActivityQuery Query { get; init; } = null!;
}

/// <summary>The numbers of one value.</summary>
/// <param name="Value">One text a property, or the name.</param>
/// <param name="Values">One number a period.</param>
/// <param name="Total">Their sum.</param>
public sealed record SegmentBreakdown(IReadOnlyList<string> Value, IReadOnlyList<long> Values, long Total);

/// <summary>The lifecycle by period.</summary>
/// <param name="Periods">One entry a period, oldest first.</param>
/// <param name="AsOf">Where the report stands.</param>
[GraphQLName("LifecycleReport")]
public sealed record LifecycleReportNode(IReadOnlyList<LifecyclePeriod> Periods, AsOf AsOf)
{
    internal ReportSource Source { get; init; } = null!;

    internal LifecycleQuery Query { get; init; } = null!;
}

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
public sealed record StickinessReportNode(IReadOnlyList<long> Counts, long Total, AsOf AsOf)
{
    internal ReportSource Source { get; init; } = null!;

    internal StickinessQuery Query { get; init; } = null!;
}
