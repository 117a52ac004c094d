using System.Diagnostics;
using System.Text.Json;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>Rebuilds beside the live read models, of each projection by itself and of all in one pass, with some numbers of workers in one run; and the log's own read rate beside them.</summary>
public static class RebuildBenchmark
{
    /// <summary>Runs it. Arguments: events (default 300,000), numbers of fold workers (default: as many as there are cores).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var events = Arguments.Int(args, 0, 300_000);
        int[] workers = args.Length > 1 ? [.. args.Skip(1).Select((_, index) => Arguments.Int(args, index + 1, 0))] : [Environment.ProcessorCount];
        await using var system = await SystemUnderTest.StartAsync();
        var position = await system.PostShopAsync(events);
        var rows = new List<object>();
        foreach (var count in workers)
        {
            system.Settings["Projections:Workers"] = count.ToString(System.Globalization.CultureInfo.InvariantCulture);
            await system.RestartAsync();
            rows.Add(await RunAsync(system, events, position, count));
        }
        return JsonSerializer.Serialize(new { benchmark = "rebuild", events, logReadPerSecond = (long)await ReadLog.RateAsync(system), runs = rows, peakMegabytes = Process.GetCurrentProcess().PeakWorkingSet64 >> 20 });
    }

    private static async Task<object> RunAsync(SystemUnderTest system, int events, LogPosition position, int workers)
    {
        await system.StandAtAsync(position);
        var projections = system.Engine.Projections;
        foreach (var projection in projections) await system.Engine.DropAsync(projection, default);
        var each = new Dictionary<string, object>();
        foreach (var projection in projections) each[projection] = await MeasureAsync(system, events, [projection]);
        var all = await MeasureAsync(system, events, projections);
        return new { workers, each, all };
    }

    // Before the measured one comes one that is not: the first of a process is mostly compiling.
    private static async Task<object> MeasureAsync(SystemUnderTest system, int events, IReadOnlyList<string> projections)
    {
        await system.Engine.RunRebuildsAsync(projections, null, default);
        foreach (var projection in projections) await system.Engine.DropAsync(projection, default);
        GC.Collect();
        using var spent = new Spent();
        await system.Engine.RunRebuildsAsync(projections, null, default);
        var (seconds, perSecond, cpuSeconds, gcPauseSeconds, bytesPerEvent) = (spent.Seconds, spent.PerSecond(events), spent.CpuSeconds, spent.GcPauseSeconds, spent.AllocatedBytes / events);
        var equal = true;
        foreach (var projection in projections)
        {
            equal &= (await system.Engine.CompareAsync(projection, default)).IsEqual;
            await system.Engine.DropAsync(projection, default);
        }
        return new { seconds, perSecond, cpuSeconds, gcPauseSeconds, bytesPerEvent, equal };
    }
}
