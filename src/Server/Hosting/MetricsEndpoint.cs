using System.Globalization;
using System.Text;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>Prometheus text.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/metrics", MetricsAsync);

    private static async Task<IResult> MetricsAsync(ProjectionEngine engine, TimeProvider clock, CancellationToken cancellationToken)
    {
        var status = await engine.GetStatusAsync(withHash: false, cancellationToken);
        var now = clock.GetUtcNow();
        var text = new StringBuilder();
        Single(text, "analytics_log_head_position", "Position of the last event of the log.", status.Head?.Commit ?? 0);
        Single(text, "analytics_projecting_owner", "1 if this process owns the read models, 0 if it stands by.", status.Role == EngineRole.Owner ? 1 : 0);
        Single(text, "analytics_projecting_stalled", "1 if events wait and nothing was committed for 30 s.", status.IsStalled ? 1 : 0);
        Single(text, "analytics_projecting_failing", "1 while the projections are stopped by a failure.", status.LastFailure is null ? 0 : 1);
        Single(text, "analytics_projecting_events_total", "Events applied since the start of the process.", status.Events, "counter");
        Single(text, "analytics_projecting_replayed_events_total", "Events applied by rebuilds and backfills since the start of the process.", engine.ReplayedEvents, "counter");
        Single(text, "analytics_projecting_refolds_total", "Persons folded again since the start of the process.", status.Refolds, "counter");
        Single(text, "analytics_projecting_events_per_second", "Events a second over the last batches.", status.EventsPerSecond);
        Histogram(text, "analytics_projecting_batch_seconds", "Time of a batch from facts to commit.", engine.BatchTimes);
        Family(text, "analytics_projection_position", "Where an instance stands.", status, instance => instance.Position?.Commit ?? 0);
        Family(text, "analytics_projection_gap", "Positions between an instance and the head of the log.", status, instance => instance.Gap);
        Family(text, "analytics_projection_lag_seconds", "Time by which an instance is behind.", status, instance => instance.LagAt(now).TotalSeconds);
        Family(text, "analytics_projection_last_success_timestamp_seconds", "Time of an instance's last commit.", status,
            instance => new DateTimeOffset(instance.UpdatedAt, TimeSpan.Zero).ToUnixTimeMilliseconds() / 1000.0);
        Family(text, "analytics_projection_events_total", "Events applied in an instance's life.", status, instance => instance.Events, "counter");
        Family(text, "analytics_projection_events_per_second", "Events a second that this process applied lately.", status, instance => instance.EventsPerSecond);
        Family(text, "analytics_projection_parked_persons", "Persons parked and not dropped.", status, instance => instance.Parked);
        Family(text, "analytics_projection_dropped_persons", "Persons parked whose loss was accepted.", status, instance => instance.Dropped);
        Family(text, "analytics_projection_deferred_persons", "Persons that wait for their refold.", status, instance => instance.Deferred);
        Family(text, "analytics_projection_refolds_total", "Persons folded again since the start of the process.", status, instance => instance.Refolds, "counter");
        return Results.Text(text.ToString(), "text/plain; version=0.0.4");
    }

    private static void Head(StringBuilder text, string name, string help, string type) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Single(StringBuilder text, string name, string help, double value, string type = "gauge")
    {
        Head(text, name, help, type);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    private static void Family(StringBuilder text, string name, string help, EngineStatus status, Func<InstanceStatus, double> value, string type = "gauge")
    {
        Head(text, name, help, type);
        foreach (var instance in status.Instances)
            text.Append(CultureInfo.InvariantCulture, $"{name}{{instance=\"{instance.Name}\",state=\"{instance.State}\"}} {value(instance)}\n");
    }

    private static void Histogram(StringBuilder text, string name, string help, TimeHistogram histogram)
    {
        Head(text, name, help, "histogram");
        var (cumulative, sum) = histogram.Read();
        for (var i = 0; i < cumulative.Count; i++)
        {
            var bound = i < TimeHistogram.Bounds.Count ? TimeHistogram.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{bound}\"}} {cumulative[i]}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum {sum}\n{name}_count {cumulative[^1]}\n");
    }
}
