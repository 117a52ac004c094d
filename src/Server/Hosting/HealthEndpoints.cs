using System.Globalization;
using System.Text;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;
using Npgsql;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>Liveness, readiness and Prometheus text.</summary>
internal static class HealthEndpoints
{
    private const double MaxLagSeconds = 30;

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Text("live"));
        endpoints.MapGet("/health/ready", ReadyAsync);
        endpoints.MapGet("/metrics", MetricsAsync);
    }

    private static async Task<IResult> ReadyAsync(IEventLog log, NpgsqlDataSource source, ProjectionEngine engine, TimeProvider clock, CancellationToken cancellationToken)
    {
        var checks = new Dictionary<string, string>
        {
            ["log"] = await TryAsync(async () => await log.GetHeadAsync(cancellationToken)),
            ["postgres"] = await TryAsync(async () =>
            {
                await using var command = source.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
            }),
            ["projections"] = engine.LastFailure ?? "ok",
        };
        if (checks.Values.All(check => check == "ok"))
        {
            var status = await engine.GetStatusAsync(withHash: false, cancellationToken);
            var lag = status.Instances.Where(instance => instance.State == "live").Select(instance => LagOf(instance, clock)).DefaultIfEmpty(0).Max();
            checks["lag"] = lag <= MaxLagSeconds ? "ok" : string.Create(CultureInfo.InvariantCulture, $"{lag:F0} s behind");
        }
        return Results.Json(checks, statusCode: checks.Values.All(check => check == "ok") ? 200 : 503);
    }

    private static async Task<IResult> MetricsAsync(ProjectionEngine engine, TimeProvider clock, CancellationToken cancellationToken)
    {
        var status = await engine.GetStatusAsync(withHash: false, cancellationToken);
        var text = new StringBuilder();
        Gauge(text, "analytics_log_head_position", "Position of the last event of the log.", status.Head?.Commit ?? 0);
        Gauge(text, "analytics_projecting_events_total", "Events applied since the start of the process.", status.Events, "counter");
        Gauge(text, "analytics_projecting_refolds_total", "Persons folded again since the start of the process.", status.Refolds, "counter");
        Gauge(text, "analytics_projecting_events_per_second", "Events a second over the last batches.", status.EventsPerSecond);
        Family(text, "analytics_projection_position", "Where an instance stands.", status, instance => instance.Position?.Commit ?? 0);
        Family(text, "analytics_projection_gap", "Positions between an instance and the head of the log.", status, instance => (instance.Head?.Commit ?? 0) - (instance.Position?.Commit ?? 0));
        Family(text, "analytics_projection_lag_seconds", "Time by which an instance is behind.", status, instance => LagOf(instance, clock));
        Family(text, "analytics_projection_parked_persons", "Persons parked.", status, instance => instance.Parked);
        Family(text, "analytics_projection_deferred_persons", "Persons that wait for their refold.", status, instance => instance.Deferred);
        return Results.Text(text.ToString(), "text/plain; version=0.0.4");
    }

    private static double LagOf(InstanceStatus instance, TimeProvider clock) =>
        instance.Position >= instance.Head || instance.RecordedAt is not { } at ? 0 : Math.Max(0, (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(at)).TotalSeconds);

    private static async Task<string> TryAsync(Func<Task> check)
    {
        try
        {
            await check();
            return "ok";
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return error.Message;
        }
    }

    private static void Gauge(StringBuilder text, string name, string help, double value, string type = "gauge") =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {value}\n");

    private static void Family(StringBuilder text, string name, string help, EngineStatus status, Func<InstanceStatus, double> value)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n");
        foreach (var instance in status.Instances)
            text.Append(CultureInfo.InvariantCulture, $"{name}{{instance=\"{instance.Name}\",state=\"{instance.State}\"}} {value(instance)}\n");
    }
}
