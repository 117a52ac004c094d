using System.Diagnostics;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>
/// Durable appends: <c>log-append [callers] [events a call] [events]</c>. Making the events is part of the time.
/// </summary>
public static class LogAppend
{
    public static Task<string> RunAsync(string[] args)
    {
        var callers = LogBenchmark.Argument(args, 0, 4);
        var batch = LogBenchmark.Argument(args, 1, 500);
        var total = LogBenchmark.Argument(args, 2, batch == 1 ? 20_000 * Math.Min(callers, 8) : 1_000_000);
        return LogBenchmark.WithLogAsync(async log =>
        {
            await LogBenchmark.FillAsync(log, 20_000);
            var calls = Math.Max(1, total / (callers * batch));
            var latencies = new List<double>[callers];
            GC.Collect();
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var cpu = Environment.CpuUsage.TotalTime;
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () => latencies[caller] = await CallAsync(log, new Random(caller + 2), calls, batch))));
            var elapsed = Stopwatch.GetElapsedTime(started);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            var events = (long)callers * calls * batch;
            var all = latencies.SelectMany(l => l).ToList();
            return new
            {
                benchmark = "log-append",
                callers,
                batch,
                events,
                eventsPerSecond = (long)(events / elapsed.TotalSeconds),
                p50Milliseconds = LogBenchmark.Percentile(all, 0.5),
                p99Milliseconds = LogBenchmark.Percentile(all, 0.99),
                cpuMicrosecondsPerEvent = Math.Round((Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / events, 2),
                allocatedBytesPerEvent = allocated / events,
            };
        });
    }

    private static async Task<List<double>> CallAsync(IEventLog log, Random random, int calls, int batch)
    {
        var latencies = new List<double>(calls);
        for (var i = 0; i < calls; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var results = await log.AppendManyAsync(LogBenchmark.NewBatch(random, batch), CancellationToken.None);
            latencies.Add(LogBenchmark.Milliseconds(started));
            foreach (var result in results) if (result is not AppendResult.Appended) throw new InvalidOperationException(result.ToString());
        }
        return latencies;
    }
}
