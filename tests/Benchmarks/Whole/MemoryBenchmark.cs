using System.Text.Json;
using EventSourcedAnalytics.Benchmarks.Generated;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>
/// The most memory this process holds while it rebuilds one projection beside the live read models, by person. Before, the process has started on finished read models, so that
/// what the rebuild needs can be told from what was there. The number of cores it folds on is that of the runtime (<c>DOTNET_PROCESSOR_COUNT</c>).
/// </summary>
public static class MemoryBenchmark
{
    /// <summary>Runs it. Arguments: events (default 1,000,000), persons (default as many), projection (default all shipped ones, a line each).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var events = Arguments.Int(args, 0, 1_000_000);
        var shop = new GeneratedShop(events, Arguments.Int(args, 1, events));
        var (system, last) = await SystemUnderTest.StartWithAsync(shop);
        await using var _ = system;
        await system.StandAtAsync(last);
        await system.HaveWrittenStatesAsync();
        await system.RestartAsync();
        await system.StandAtAsync(last);
        var line = "";
        foreach (var projection in args.Length > 2 ? args[2..] : ["funnels", "cohorts", "revenue", "activity", "sessions"])
        {
            if (line.Length > 0) Console.WriteLine(line);
            line = await MeasureAsync(system, shop, projection);
        }
        return line;
    }

    private static async Task<string> MeasureAsync(SystemUnderTest system, GeneratedShop shop, string projection)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var before = Environment.WorkingSet;
        using var spent = new Spent();
        await system.Engine.RunRebuildAsync(projection, null, default);
        var (peak, seconds, rate) = (spent.PeakMegabytes, spent.Seconds, spent.PerSecond(shop.Events));
        await system.Engine.DropAsync(projection, default);
        // Not all of the persons came; who came has a state in the activity's read model, as any event makes one.
        await using var command = system.Postgres.CreateCommand("select count(*) from activity_v1.states");
        var persons = (long)(await command.ExecuteScalarAsync())!;
        return JsonSerializer.Serialize(new
        {
            benchmark = "memory", projection, events = shop.Events, persons, cores = Environment.ProcessorCount, seconds, perSecond = rate,
            beforeMegabytes = before >> 20, peakMegabytes = peak, peakMegabytesPerMillionPersons = Math.Round(peak * 1e6 / persons), rebuildMegabytesPerMillionPersons = Math.Round((peak - (before >> 20)) * 1e6 / persons),
        });
    }
}
