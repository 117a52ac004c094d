using System.Diagnostics;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>What a rebuild of a projection would do.</summary>
/// <param name="Projection">The projection.</param>
/// <param name="Version">Version of its code.</param>
/// <param name="LiveSchema">Where the live read model lies.</param>
/// <param name="LiveVersion">Version that built it.</param>
/// <param name="Beside">A read model beside it that has to be promoted or dropped first; null = none.</param>
/// <param name="Position">Up to where the log is folded: where the live one stands.</param>
/// <param name="Events">Events to fold.</param>
/// <param name="EventsPerSecond">How fast a sample from the log's beginning was read and folded, without writing; null if there is nothing to measure.</param>
/// <param name="Estimate">Time for all events at that speed; null if there is nothing to measure.</param>
public sealed record RebuildPlan(
    string Projection, int Version, string LiveSchema, int LiveVersion, string? Beside, LogPosition? Position, long Events, double? EventsPerSecond, TimeSpan? Estimate);

public sealed partial class ProjectionEngine
{
    /// <summary>Says what a rebuild of a projection would do and how long that would take; changes nothing.</summary>
    /// <exception cref="RebuildException">This process does not fold.</exception>
    /// <exception cref="KeyNotFoundException">There is no such projection.</exception>
    public async Task<RebuildPlan> PlanRebuildAsync(string projection, CancellationToken cancellationToken)
    {
        var code = catalog[projection];
        var open = await SessionWithAsync(code.Name, cancellationToken);
        var live = open.Registry.Live[projection];
        var rows = await store.AllAsync(cancellationToken);
        var row = rows.First(row => row.SchemaName == live.SchemaName && row.Grp == 0);
        var events = rows.Max(row => row.Events);
        var instances = open.Registry.All.Where(instance => instance.Id.Schema == live.SchemaName).Select(instance => new Frozen(instance)).ToList();
        var passes = new LogPasses(log, Position, Limits.PlanSampleEvents, long.MaxValue, null);
        var sample = new NaiveFold(open, instances, code, passes);
        var clock = Stopwatch.StartNew();
        if (Position is { } through)
        {
            await sample.ReadAsync(cancellationToken, Limits.PlanSampleEvents);
            await sample.CellsAsync(through.Commit, cancellationToken);
        }
        double? speed = passes.EventCount == 0 ? null : passes.EventCount / clock.Elapsed.TotalSeconds;
        return new RebuildPlan(
            projection, code.Version, live.SchemaName, row.Version, Beside(open, projection), Position, events, speed, speed is { } rate ? TimeSpan.FromSeconds(events / rate) : null);
    }
}
