using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>HTTP batches of 100 at a steady rate: how long after its acknowledgement a batch is in every read model.</summary>
public static class LiveBenchmark
{
    private const int BatchEvents = 100;

    /// <summary>Runs it. Arguments: events a second (default 5,000), seconds (default 20).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var (rate, seconds) = (Arguments.Int(args, 0, 5_000), Arguments.Int(args, 1, 20));
        var bodies = SystemUnderTest.Bodies(rate * seconds, BatchEvents);
        await using var system = await SystemUnderTest.StartAsync();
        await system.PostAsync(bodies[..Math.Min(100, bodies.Length / 10)], 4);
        var waiting = new ConcurrentDictionary<long, long>();
        var lags = new ConcurrentBag<double>();
        system.Engine.Committed += position => Arrived(waiting, lags, position);
        var clock = Stopwatch.StartNew();
        var last = await system.PaceAsync(bodies, TimeSpan.FromSeconds(BatchEvents / (double)rate), position =>
        {
            waiting[position.Commit] = Stopwatch.GetTimestamp();
            if (system.Engine.Position is { } reached && reached >= position) Arrived(waiting, lags, reached);
        });
        var sent = clock.Elapsed.TotalSeconds;
        await system.Engine.WaitForAsync(last, TimeSpan.FromMinutes(5), default);
        double[] times = [.. lags];
        return JsonSerializer.Serialize(new
        {
            benchmark = "live", wantedPerSecond = rate, sentPerSecond = (long)(bodies.Length * (long)BatchEvents / sent), batches = times.Length,
            lagP50Ms = Percentiles.Of(times, 0.5), lagP99Ms = Percentiles.Of(times, 0.99), lagMaxMs = Percentiles.Of(times, 1),
        });
    }

    private static void Arrived(ConcurrentDictionary<long, long> waiting, ConcurrentBag<double> lags, LogPosition position)
    {
        foreach (var (at, since) in waiting)
            if (at <= position.Commit && waiting.TryRemove(at, out _)) lags.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
    }
}
