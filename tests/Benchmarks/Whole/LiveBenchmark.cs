using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>
/// HTTP batches of 100 at a steady rate: how long after its acknowledgement a batch is in every read model. A process that has just started compiles what runs often; the lags of these
/// first seconds at the same rate are told apart.
/// </summary>
public static class LiveBenchmark
{
    private const int BatchEvents = 100;

    /// <summary>Runs it. Arguments: events a second (default 5,000), seconds (default 20), seconds of the same before (default 10).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var (rate, seconds, before) = (Arguments.Int(args, 0, 5_000), Arguments.Int(args, 1, 20), Arguments.Int(args, 2, 10));
        var bodies = SystemUnderTest.Bodies(rate * (seconds + before), BatchEvents);
        await using var system = await SystemUnderTest.StartAsync();
        var first = rate * before / BatchEvents;
        var (cold, _) = await MeasureAsync(system, bodies[..first], rate);
        using var spent = new Spent();
        var (times, sent) = await MeasureAsync(system, bodies[first..], rate);
        return JsonSerializer.Serialize(new
        {
            benchmark = "live", wantedPerSecond = rate, sentPerSecond = (long)sent, batches = times.Length,
            lagP50Ms = Percentiles.Of(times, 0.5), lagP99Ms = Percentiles.Of(times, 0.99), lagMaxMs = Percentiles.Of(times, 1),
            secondsBefore = before, lagP50MsBefore = Percentiles.Of(cold, 0.5), lagP99MsBefore = Percentiles.Of(cold, 0.99), cpuSeconds = spent.CpuSeconds, gcPauseSeconds = spent.GcPauseSeconds,
        });
    }

    private static async Task<(double[] LagMs, double PerSecond)> MeasureAsync(SystemUnderTest system, byte[][] bodies, int rate)
    {
        if (bodies.Length == 0) return ([], 0);
        var waiting = new ConcurrentDictionary<long, long>();
        var lags = new ConcurrentBag<double>();
        void OnCommitted(LogPosition position) => Arrived(waiting, lags, position);
        system.Engine.Committed += OnCommitted;
        var clock = Stopwatch.StartNew();
        var last = await system.PaceAsync(bodies, TimeSpan.FromSeconds(BatchEvents / (double)rate), position =>
        {
            waiting[position.Commit] = Stopwatch.GetTimestamp();
            if (system.Engine.Position is { } reached && reached >= position) Arrived(waiting, lags, reached);
        });
        var sent = clock.Elapsed.TotalSeconds;
        await system.StandAtAsync(last);
        system.Engine.Committed -= OnCommitted;
        return ([.. lags], bodies.Length * (double)BatchEvents / sent);
    }

    private static void Arrived(ConcurrentDictionary<long, long> waiting, ConcurrentBag<double> lags, LogPosition position)
    {
        foreach (var (at, since) in waiting)
            if (at <= position.Commit && waiting.TryRemove(at, out _)) lags.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
    }
}
