using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>A server that is killed half-way through a catch-up from nothing, and how long the next one takes until it has folded once more what the first had left in memory.</summary>
public static class RecoveryBenchmark
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs it. Arguments: events (default 1,000,000).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var events = Arguments.Int(args, 0, 1_000_000);
        await using var system = await SystemUnderTest.StartAsync();
        var last = await system.PostShopAsync(events);
        var line = "";
        await system.RestartAsync(async directory =>
        {
            SystemUnderTest.ForgetReadModels(directory);
            await KillHalfwayAsync(directory, last);
            line = await MeasureAsync(directory, events, last);
        });
        return line;
    }

    private static async Task KillHalfwayAsync(string directory, LogPosition last)
    {
        await using var killed = await ServerUnderTest.StartAsync(directory);
        await UntilAsync(killed, standing => standing.Position > last.Commit / 2);
    }

    private static async Task<string> MeasureAsync(string directory, int events, LogPosition last)
    {
        var clock = Stopwatch.StartNew();
        await using var next = await ServerUnderTest.StartAsync(directory);
        var serving = clock.Elapsed.TotalSeconds;
        var before = await StandingAsync(next);
        await UntilAsync(next, standing => standing.StatesAt is null);
        var recovered = clock.Elapsed.TotalSeconds;
        await UntilAsync(next, standing => standing.Position >= last.Commit);
        return JsonSerializer.Serialize(new
        {
            benchmark = "recovery", events, stoodAt = before.Position, foldedAgain = before.Position - before.StatesAt, servingSeconds = Math.Round(serving, 2),
            recoveredSeconds = Math.Round(recovered, 2), headSeconds = Math.Round(clock.Elapsed.TotalSeconds, 2),
        });
    }

    private static async Task UntilAsync(ServerUnderTest server, Func<(long Position, long? StatesAt), bool> condition)
    {
        using var timer = new PeriodicTimer(Poll);
        while (!condition(await StandingAsync(server))) await timer.WaitForNextTickAsync();
    }

    // Where the read model stands that is furthest behind, and how far lost states are folded again; null = none are lost.
    private static async Task<(long Position, long? StatesAt)> StandingAsync(ServerUnderTest server)
    {
        var projections = (await server.QueryAsync("{ system { projections { position statesAt } } }"))["system"]!["projections"]!.AsArray();
        return (projections.Min(row => At(row!["position"]) ?? -1), projections.Min(row => At(row!["statesAt"])));
    }

    private static long? At(JsonNode? position) => LogPosition.TryParse((string?)position, out var at) ? at.Commit : null;
}
