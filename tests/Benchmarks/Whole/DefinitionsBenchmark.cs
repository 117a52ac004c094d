using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.Benchmarks.Generated;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>All read models from nothing, and then a rebuild of the funnels and of the cohorts, with more and more definitions over the same events: a line each.</summary>
public static class DefinitionsBenchmark
{
    /// <summary>Runs it. Arguments: events (default 500,000), then numbers of definitions, half of them funnels (default 1 10 100), in ascending order.</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var shop = new GeneratedShop(Arguments.Int(args, 0, 500_000), GeneratedShop.DefaultPersons);
        var counts = args.Length > 1 ? args[1..].Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)).ToArray() : [1, 10, 100];
        var (system, last) = await SystemUnderTest.StartWithAsync(shop);
        await using var _ = system;
        await RetireAsync(system, "Funnel:ecommerce");
        await RetireAsync(system, "Retention:weekly");
        var (defined, line) = (0, "");
        foreach (var count in counts)
        {
            for (; defined < count; defined++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"bench-{defined}");
                await (defined % 2 == 0 ? ShopDefinitions.FunnelAsync(system, key, defined / 2) : ShopDefinitions.CohortAsync(system, key, defined / 2));
            }
            if (line.Length > 0) Console.WriteLine(line);
            await system.RestartEmptyAsync();
            using var catchUp = new Spent();
            await system.StandAtAsync(last);
            var caughtUp = Figures(catchUp, shop.Events);
            await system.HaveWrittenStatesAsync();
            line = JsonSerializer.Serialize(new
            {
                benchmark = "definitions", events = shop.Events, definitions = count,
                catchUp = caughtUp, rebuildFunnels = await RebuildAsync(system, "funnels", shop.Events), rebuildCohorts = await RebuildAsync(system, "cohorts", shop.Events),
            });
        }
        return line;
    }

    private static async Task<object> RebuildAsync(SystemUnderTest system, string projection, int events)
    {
        using var spent = new Spent();
        await system.Engine.RunRebuildAsync(projection, null, default);
        return Figures(spent, events);
    }

    private static object Figures(Spent spent, int events) => new
    {
        perSecond = spent.PerSecond(events), seconds = spent.Seconds, cpuSeconds = spent.CpuSeconds, gcPauseSeconds = spent.GcPauseSeconds, allocatedBytesPerEvent = spent.AllocatedBytes / events, peakMegabytes = spent.PeakMegabytes,
    };

    private static Task RetireAsync(SystemUnderTest system, string kindAndKey) =>
        system.QueryAsync($$"""mutation { retireDefinition(id: "{{SystemUnderTest.Project}}:{{kindAndKey}}") { errors { message } } }""");
}
