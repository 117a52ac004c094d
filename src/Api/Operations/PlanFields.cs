using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Api.Operations;

/// <summary>What a rebuild would do.</summary>
/// <param name="Projection">The projection.</param>
/// <param name="Version">Version of its code.</param>
/// <param name="LiveSchema">Where the live read model lies.</param>
/// <param name="LiveVersion">Version that built it.</param>
/// <param name="Beside">A read model beside it that has to be promoted or dropped first.</param>
/// <param name="Position">Up to where the log is folded.</param>
/// <param name="Events">Events to fold.</param>
/// <param name="EventsPerSecond">How fast a sample was read and folded, without writing.</param>
/// <param name="EstimateSeconds">Time for all events at that speed.</param>
public sealed record RebuildPlanInfo(
    string Projection, int Version, string LiveSchema, int LiveVersion, string? Beside, string? Position, long Events, double? EventsPerSecond, double? EstimateSeconds);

/// <summary>Looking before a rebuild.</summary>
[QueryType]
public static class PlanQueries
{
    /// <summary>What a rebuild of a projection would do, and about how long it would take; changes nothing.</summary>
    public static async Task<RebuildPlanInfo> GetRebuildPlanAsync(string projection, IResolverContext context, [Service] ProjectionEngine engine, CancellationToken cancellationToken)
    {
        Guard.Operate(context.User);
        var plan = await Operating.RunAsync(() => engine.PlanRebuildAsync(projection, cancellationToken));
        return new RebuildPlanInfo(
            plan.Projection, plan.Version, plan.LiveSchema, plan.LiveVersion, plan.Beside, plan.Position?.ToString(), plan.Events, plan.EventsPerSecond, plan.Estimate?.TotalSeconds);
    }
}
