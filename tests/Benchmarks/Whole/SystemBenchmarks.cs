using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.Benchmarks.Log;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>HTTP batches of 100 to the durable log, with the projections following: events acknowledged a second, and the time of a request.</summary>
public static class HttpIngestBenchmark
{
    /// <summary>Runs it. Arguments: the log (default embedded), events (default 200,000), requests in flight (default 16).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args);
        var (events, inFlight) = (Arguments.Int(args, 0, 200_000), Arguments.Int(args, 1, 16));
        var bodies = SystemUnderTest.Bodies(events, 100);
        await using var log = adapter == "embedded" ? null : await LogUnderTest.StartAsync(adapter);
        await using var system = await SystemUnderTest.StartAsync(log?.ConnectionString);
        await system.PostAsync(bodies[..Math.Min(50, bodies.Length / 10)], inFlight);
        var clock = Stopwatch.StartNew();
        var (position, times) = await system.PostAsync(bodies, inFlight);
        var acknowledged = clock.Elapsed.TotalSeconds;
        await system.Engine.WaitForAsync(position, TimeSpan.FromMinutes(10), default);
        var projected = clock.Elapsed.TotalSeconds;
        var status = await system.Engine.GetStatusAsync(withHash: false, default);
        return JsonSerializer.Serialize(new
        {
            benchmark = "http-ingest", adapter, events, batch = 100, inFlight, bytesPerEvent = bodies.Sum(body => (long)body.Length) / events,
            acknowledgedPerSecond = (long)(events / acknowledged), requestP50Ms = Percentiles.Of(times, 0.5), requestP99Ms = Percentiles.Of(times, 0.99),
            projectedPerSecond = (long)(events / projected), projectionsBehindSeconds = Math.Round(projected - acknowledged, 2),
            stageSeconds = status.StageSeconds.ToDictionary(stage => stage.Key, stage => Math.Round(stage.Value, 2)), refolds = status.Refolds,
        });
    }
}

/// <summary>All read models from nothing to the head, against an empty database, with every shipped projection; and the log's own read rate beside it.</summary>
public static class CatchUpBenchmark
{
    /// <summary>Runs it. Arguments: events (default 300,000).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var events = Arguments.Int(args, 0, 300_000);
        await using var system = await SystemUnderTest.StartAsync();
        var position = await system.PostShopAsync(events);
        await system.StandAtAsync(position);
        await system.RestartEmptyAsync();
        var clock = Stopwatch.StartNew();
        var (allocated, cpu) = (GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime);
        await system.StandAtAsync(position);
        var seconds = clock.Elapsed.TotalSeconds;
        (allocated, cpu) = (GC.GetTotalAllocatedBytes() - allocated, Environment.CpuUsage.TotalTime - cpu);
        // The numbers stand at the head; what only a process after a crash would need is still being written.
        await system.HaveWrittenStatesAsync();
        var written = clock.Elapsed.TotalSeconds;
        var status = await system.Engine.GetStatusAsync(withHash: false, default);
        var read = await ReadLog.RateAsync(system);
        return JsonSerializer.Serialize(new
        {
            benchmark = "catch-up", events, seconds = Math.Round(seconds, 2), perSecond = (long)(events / seconds), statesWrittenSeconds = Math.Round(written, 2), refolds = status.Refolds,
            logReadPerSecond = (long)read, shareOfLogRead = Math.Round(events / seconds / read, 3),
            stageSeconds = status.StageSeconds.ToDictionary(stage => stage.Key, stage => Math.Round(stage.Value, 2)), bytesPerEvent = allocated / events, cpuSeconds = Math.Round(cpu.TotalSeconds, 2),
        });
    }
}

/// <summary>Dashboard questions through HTTP and GraphQL: stored ones, and the ad-hoc ones that read the events.</summary>
public static class GraphqlBenchmark
{
    private static readonly Dictionary<string, string> Questions = new()
    {
        ["funnelStored"] = "funnel(key: \"ecommerce\", range: { allTime: true }) { steps { count } asOf { position } }",
        ["retentionStored"] = "retention(key: \"weekly\", range: { days: { from: \"2025-12-28\", to: \"2026-01-31\" } }) { rows { size values { count } } }",
        ["revenueStored"] = "revenue(range: { days: { from: \"2026-01-01\", to: \"2026-01-31\" } }) { currencies { currency periods { net { amountMinor } } } }",
        ["activityStored"] = "activity(range: { days: { from: \"2026-01-01\", to: \"2026-01-31\" } }) { periods { customers wau mau } byName { name count } }",
        ["funnelAdHoc"] = "funnel(key: \"ecommerce\", range: { days: { from: \"2026-01-10\", to: \"2026-01-20\" } }) { steps { count } }",
    };

    /// <summary>Runs it. Arguments: events (default 200,000), queries of each kind (default 200).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var (events, count) = (Arguments.Int(args, 0, 200_000), Arguments.Int(args, 1, 200));
        await using var system = await SystemUnderTest.StartAsync();
        var (position, _) = await system.PostAsync(SystemUnderTest.Bodies(events, 500), 8);
        await system.Engine.WaitForAsync(position, TimeSpan.FromMinutes(10), default);
        var medians = new Dictionary<string, object>();
        foreach (var (name, question) in Questions)
        {
            var times = new double[name.EndsWith("AdHoc", StringComparison.Ordinal) ? count / 10 : count];
            for (var i = -5; i < times.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await system.QueryAsync($"{{ project(id: \"bench\") {{ {question} }} }}");
                if (i >= 0) times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            medians[name] = new { p50Ms = Percentiles.Of(times, 0.5), p99Ms = Percentiles.Of(times, 0.99) };
        }
        return JsonSerializer.Serialize(new { benchmark = "graphql", events, queries = medians });
    }
}

/// <summary>The log's own sequential read rate, as a yardstick.</summary>
internal static class ReadLog
{
    public static async Task<double> RateAsync(SystemUnderTest system)
    {
        long events = 0;
        EventLog.LogPosition? after = null;
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var page = await system.Log.ReadAllAsync(after, EventLog.Limits.MaxPageEvents, EventLog.StreamFilter.ExcludeSystem, default);
            events += page.Events.Count;
            after = page.LastPosition;
            if (page.IsHead) return events / clock.Elapsed.TotalSeconds;
        }
    }
}

/// <summary>Positional numbers of a benchmark's command line.</summary>
internal static class Arguments
{
    /// <exception cref="ArgumentException">What stands there is no number.</exception>
    public static int Int(string[] args, int index, int otherwise)
    {
        if (args.Length <= index) return otherwise;
        return int.TryParse(args[index], NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : throw new ArgumentException($"'{args[index]}' is no whole number", nameof(args));
    }
}
