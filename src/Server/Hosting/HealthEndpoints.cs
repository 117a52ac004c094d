using System.Globalization;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;
using Npgsql;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>When a server counts as ready.</summary>
/// <param name="MaxLag">Lag of the oldest live read model up to which it does: <c>Projections__MaxLagSeconds</c>.</param>
internal sealed record HealthSettings(TimeSpan MaxLag);

/// <summary>Liveness and readiness.</summary>
internal static class HealthEndpoints
{
    private const string Ok = "ok";

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Text("live"));
        endpoints.MapGet("/health/ready", ReadyAsync);
        endpoints.MapMetrics();
    }

    private static async Task<IResult> ReadyAsync(
        IEventLog log, NpgsqlDataSource source, ProjectionEngine engine, HealthSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var checks = new Dictionary<string, string>
        {
            ["log"] = await TryAsync(async () => await log.GetHeadAsync(cancellationToken).AsTask().WaitAsync(Limits.HealthWait, cancellationToken)),
            ["postgres"] = await TryAsync(async () =>
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(Limits.HealthWait);
                await using var command = source.CreateCommand("select 1");
                await command.ExecuteScalarAsync(patience.Token).WaitAsync(Limits.HealthWait, cancellationToken);
            }),
            ["projections"] = engine.LastFailure ?? (engine.IsStalled
                ? string.Create(CultureInfo.InvariantCulture, $"stalled: events wait and nothing was committed for {Projecting.Limits.StallAfter.TotalSeconds} s")
                : Ok),
        };
        var notes = new Dictionary<string, string> { ["role"] = RoleOf(engine) };
        if (checks["postgres"] == Ok && checks["log"] == Ok)
        {
            var status = await engine.GetStatusAsync(withHash: false, cancellationToken);
            var live = status.Instances.Where(instance => instance.State == "live").ToList();
            var lag = live.Select(instance => instance.LagAt(clock.GetUtcNow())).DefaultIfEmpty(TimeSpan.Zero).Max();
            checks["lag"] = status.Unreachable is { } unreachable ? unreachable : lag <= settings.MaxLag ? Ok : string.Create(CultureInfo.InvariantCulture, $"{lag.TotalSeconds:F0} s behind");
            // One person's event that can't be folded is no reason to take a server away from all others.
            if (live.Sum(instance => instance.Parked) is > 0 and var parked) notes["parked"] = string.Create(CultureInfo.InvariantCulture, $"{parked} persons; see 'analytics parked list'");
        }
        var isReady = checks.Values.All(check => check == Ok);
        return Results.Json(checks.Concat(notes).ToDictionary(), statusCode: isReady ? 200 : 503);
    }

    private static string RoleOf(ProjectionEngine engine) => engine.Role switch
    {
        EngineRole.Owner => "owner",
        EngineRole.Follower => $"follower; the owner of the read models is {engine.Owner ?? "nobody at the moment"}",
        _ => $"standby; the owner of the read models is {engine.Owner ?? "nobody at the moment"}",
    };

    private static async Task<string> TryAsync(Func<Task> check)
    {
        try
        {
            await check();
            return Ok;
        }
        catch (Exception error) when (error is TimeoutException or TaskCanceledException)
        {
            return "no answer came in time";
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return error.Message;
        }
    }
}
