using System.Text.Json;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>Verifies every read model against the whole log: how long each takes, how often the log is read, and the most memory this process holds meanwhile.</summary>
public static class VerifyBenchmark
{
    /// <summary>Runs it. Arguments: events (default 300,000), events held at a time (default: as many as the machine has room for).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var events = Arguments.Int(args, 0, 300_000);
        await using var system = await SystemUnderTest.StartAsync();
        var position = await system.PostShopAsync(events);
        if (args.Length > 1) system.Settings["Projections:VerifiedEvents"] = args[1];
        await system.RestartAsync();
        await system.StandAtAsync(position);
        var rows = new List<object>();
        // Before the measured ones comes one that is not: the first of a process is mostly compiling.
        await system.Engine.VerifyAsync(system.Engine.Projections[0], null, default);
        foreach (var projection in system.Engine.Projections)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var before = Environment.WorkingSet;
            using var spent = new Spent();
            var passes = new Passes();
            var found = await system.Engine.VerifyAsync(projection, passes, default);
            rows.Add(new
            {
                projection, equal = found.IsEqual, passes = passes.Count, seconds = spent.Seconds, perSecond = spent.PerSecond(events), cpuSeconds = spent.CpuSeconds, gcPauseSeconds = spent.GcPauseSeconds,
                beforeMegabytes = before >> 20, peakMegabytes = spent.PeakMegabytes,
            });
        }
        return JsonSerializer.Serialize(new { benchmark = "verify", events, runs = rows });
    }

    private sealed class Passes : IProgress<VerificationProgress>
    {
        public int Count { get; private set; }

        public void Report(VerificationProgress value) => Count = value.Pass;
    }
}
