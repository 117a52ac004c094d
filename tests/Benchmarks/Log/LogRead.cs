using System.Diagnostics;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>Reads the whole log in pages: <c>log-read-all [ADAPTER] [events] [page size]</c>.</summary>
public static class LogReadAll
{
    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args);
        await using var test = await LogUnderTest.StartAsync(adapter);
        await LogBenchmark.FillAsync(test.Log, LogBenchmark.Argument(args, 0, adapter == "embedded" ? 1_000_000 : 300_000));
        return LogBenchmark.Line(await MeasureAsync(test, LogBenchmark.Argument(args, 1, 2_000)));
    }

    internal static async Task<LogRow> MeasureAsync(LogUnderTest test, int pageSize)
    {
        var cost = test.NewCost();
        long read = 0;
        LogPosition? after = null;
        while (true)
        {
            var page = await test.Log.ReadAllAsync(after, pageSize, StreamFilter.ExcludeSystem, CancellationToken.None);
            read += page.Events.Count;
            after = page.LastPosition;
            if (page.IsHead) return cost.ToRow("log-read-all", test.Adapter, read) with { Batch = pageSize };
        }
    }
}

/// <summary>A subscription from the beginning to the end of what is there: <c>log-catch-up [ADAPTER] [events] [page size]</c>.</summary>
public static class LogCatchUp
{
    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args);
        await using var test = await LogUnderTest.StartAsync(adapter);
        await LogBenchmark.FillAsync(test.Log, LogBenchmark.Argument(args, 0, adapter == "embedded" ? 1_000_000 : 300_000));
        return LogBenchmark.Line(await MeasureAsync(test, LogBenchmark.Argument(args, 1, 2_000)));
    }

    internal static async Task<LogRow> MeasureAsync(LogUnderTest test, int pageSize)
    {
        var cost = test.NewCost();
        long read = 0;
        await foreach (var page in test.Log.SubscribeToAllAsync(null, pageSize, StreamFilter.ExcludeSystem, CancellationToken.None))
        {
            read += page.Events.Count;
            if (page.IsHead) break;
        }
        return cost.ToRow("log-catch-up", test.Adapter, read) with { Batch = pageSize };
    }
}

/// <summary>Reads customers' streams, each whole: <c>log-read-stream [ADAPTER] [events] [streams read] [readers]</c>.</summary>
public static class LogReadStream
{
    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args);
        await using var test = await LogUnderTest.StartAsync(adapter);
        await LogBenchmark.FillAsync(test.Log, LogBenchmark.Argument(args, 0, adapter == "embedded" ? 1_000_000 : 300_000));
        return LogBenchmark.Line(await MeasureAsync(test, LogBenchmark.Argument(args, 1, 20_000), LogBenchmark.Argument(args, 2, 1)));
    }

    internal static async Task<LogRow> MeasureAsync(LogUnderTest test, int streams, int readers)
    {
        var cost = test.NewCost();
        var counts = await Task.WhenAll(Enumerable.Range(0, readers).Select(reader => Task.Run(async () =>
        {
            long count = 0;
            var latencies = new List<double>();
            for (var i = reader; i < streams; i += readers)
            {
                var one = Stopwatch.GetTimestamp();
                count += (await test.Log.ReadStreamAsync(LogBenchmark.StreamOf(i * 7919), ReadDirection.Forwards, null, 1_000, CancellationToken.None)).Events.Count;
                latencies.Add(LogBenchmark.Milliseconds(one));
            }
            return (count, latencies);
        })));
        return cost.ToRow("log-read-stream", test.Adapter, counts.Sum(c => c.count), [.. counts.SelectMany(c => c.latencies)]) with { InFlight = readers };
    }
}
