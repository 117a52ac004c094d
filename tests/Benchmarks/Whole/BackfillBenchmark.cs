using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using EventSourcedAnalytics.Benchmarks.Generated;
using EventSourcedAnalytics.Projections.Funnels;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>
/// One more funnel over all that is in the log, while events keep coming: how long until it answers from its read model, and how far everything else fell behind meanwhile.
/// It asks what the standard funnel asks, so both must say the same in the end.
/// </summary>
public static class BackfillBenchmark
{
    private const int AppendsASecond = 20;

    /// <summary>Runs it. Arguments: events (default 5,000,000), live events a second (default 200), persons (default 200,000), backfills one after the other (default 1).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var shop = new GeneratedShop(Arguments.Int(args, 0, 5_000_000), Arguments.Int(args, 2, GeneratedShop.DefaultPersons));
        var (system, last) = await SystemUnderTest.StartWithAsync(shop);
        await using var _ = system;
        await system.StandAtAsync(last);
        await system.HaveWrittenStatesAsync();
        var line = "";
        for (var run = 0; run < Arguments.Int(args, 3, 1); run++)
        {
            if (line.Length > 0) Console.WriteLine(line);
            line = await MeasureAsync(system, shop, Arguments.Int(args, 1, 200));
        }
        return line;
    }

    private static async Task<string> MeasureAsync(SystemUnderTest system, GeneratedShop shop, int rate)
    {
        var lags = new ConcurrentBag<double>();
        using var stop = new CancellationTokenSource();
        var living = rate == 0 ? Task.CompletedTask : LiveAsync(system, shop, rate, lags, stop.Token);
        using var spent = new Spent();
        var key = Guid.NewGuid().ToString("N");
        var revision = await ShopDefinitions.FunnelAsync(system, key, variant: 0);
        while (await system.Engine.ReadAsync(FunnelsProjection.ProjectionName, revision, [], default) is null) await Task.Delay(20);
        var figures = new
        {
            benchmark = "backfill", events = shop.Events, persons = shop.Persons, liveEventsPerSecond = rate, seconds = spent.Seconds, perSecond = spent.PerSecond(shop.Events),
            cpuSeconds = spent.CpuSeconds, gcPauseSeconds = spent.GcPauseSeconds, allocatedBytesPerEvent = spent.AllocatedBytes / shop.Events, peakMegabytes = spent.PeakMegabytes,
        };
        await stop.CancelAsync();
        await living;
        var equal = await CountsAsync(system, key) == await CountsAsync(system, "ecommerce");
        await system.QueryAsync($$"""mutation { retireDefinition(id: "{{SystemUnderTest.Project}}:Funnel:{{key}}") { errors { message } } }""");
        double[] times = [.. lags];
        var line = JsonSerializer.SerializeToNode(figures)!.AsObject();
        (line["liveLagP50Ms"], line["liveLagMaxMs"], line["equal"]) = (Percentiles.Of(times, 0.5), Percentiles.Of(times, 1), equal);
        return line.ToJsonString();
    }

    // A steady trickle of further events, and how long each lot took into every read model.
    private static async Task LiveAsync(SystemUnderTest system, GeneratedShop shop, int rate, ConcurrentBag<double> lags, CancellationToken stop)
    {
        var project = system.Shop;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / AppendsASecond));
        var waiting = new List<Task>();
        foreach (var lot in new GeneratedShop(10_000_000, shop.Persons, month: 1).All().Select(item => item.Event).Chunk(Math.Max(1, rate / AppendsASecond)))
        {
            if (stop.IsCancellationRequested) break;
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var since = Stopwatch.GetTimestamp();
            var position = await ShopLog.AppendAsync(system.Log, project, lot);
            waiting.Add(ArrivalAsync(position, since));
        }
        await Task.WhenAll(waiting);

        async Task ArrivalAsync(EventLog.LogPosition position, long since)
        {
            await system.StandAtAsync(position);
            lags.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }
    }

    private static async Task<string> CountsAsync(SystemUnderTest system, string key) =>
        (await system.QueryAsync($$"""{ project(id: "{{SystemUnderTest.Project}}") { funnel(key: "{{key}}", range: { allTime: true }) { steps { count } } } }"""))["project"]!["funnel"]!["steps"]!.ToJsonString();
}
