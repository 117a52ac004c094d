using System.Diagnostics;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>
/// Durable appends: <c>log-append [ADAPTER] [in flight] [events an append] [events] [streams]</c>, each append to one of the streams (200,000 if not said otherwise).
/// Making the events is part of the time.
/// </summary>
public static class LogAppend
{
    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args);
        var inFlight = LogBenchmark.Argument(args, 0, 4);
        var batch = LogBenchmark.Argument(args, 1, 500);
        await using var test = await LogUnderTest.StartAsync(adapter);
        return LogBenchmark.Line(await MeasureAsync(test, inFlight, batch, LogBenchmark.Argument(args, 2, batch == 1 ? 2_000 * Math.Min(inFlight, 32) : 300_000), LogBenchmark.Argument(args, 3, LogBenchmark.Customers)));
    }

    internal static async Task<LogRow> MeasureAsync(LogUnderTest test, int inFlight, int batch, int total, int streams = LogBenchmark.Customers)
    {
        var calls = Math.Max(1, total / (inFlight * batch));
        var latencies = new List<double>[inFlight];
        await CallAsync(test.Log, new Random(1), Math.Max(1, calls / 10), batch, streams);
        var cost = test.NewCost();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(caller => Task.Run(async () => latencies[caller] = await CallAsync(test.Log, new Random(caller + 2), calls, batch, streams))));
        return cost.ToRow("log-append", test.Adapter, (long)inFlight * calls * batch, [.. latencies.SelectMany(l => l)]) with { InFlight = inFlight, Batch = batch };
    }

    private static async Task<List<double>> CallAsync(IEventLog log, Random random, int calls, int batch, int streams)
    {
        var latencies = new List<double>(calls);
        for (var i = 0; i < calls; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var result = await log.AppendAsync(LogBenchmark.StreamOf(random.Next(streams)), ExpectedRevision.Any, LogBenchmark.NewEvents(random, batch), CancellationToken.None);
            latencies.Add(LogBenchmark.Milliseconds(started));
            if (result is not AppendResult.Appended) throw new InvalidOperationException(result.ToString());
        }
        return latencies;
    }
}

/// <summary>Durable appends of many customers' events together: <c>log-append-many [ADAPTER] [callers] [events a call] [events]</c>, each event an append of its own.</summary>
public static class LogAppendMany
{
    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args);
        var (callers, batch) = (LogBenchmark.Argument(args, 0, 8), LogBenchmark.Argument(args, 1, 100));
        await using var test = await LogUnderTest.StartAsync(adapter);
        return LogBenchmark.Line(await MeasureAsync(test, callers, batch, LogBenchmark.Argument(args, 2, adapter == "embedded" ? 500_000 : 100_000)));
    }

    internal static async Task<LogRow> MeasureAsync(LogUnderTest test, int callers, int batch, int total)
    {
        var calls = Math.Max(1, total / (callers * batch));
        await LogBenchmark.FillAsync(test.Log, 5_000);
        var cost = test.NewCost();
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller + 2);
            var mine = new List<double>(calls);
            for (var i = 0; i < calls; i++)
            {
                var started = Stopwatch.GetTimestamp();
                var results = await test.Log.AppendManyAsync(LogBenchmark.NewBatch(random, batch), CancellationToken.None);
                mine.Add(LogBenchmark.Milliseconds(started));
                foreach (var result in results) if (result is not AppendResult.Appended) throw new InvalidOperationException(result.ToString());
            }
            return mine;
        })));
        return cost.ToRow("log-append-many", test.Adapter, (long)callers * calls * batch, [.. latencies.SelectMany(l => l)]) with { InFlight = callers, Batch = batch };
    }
}
