using System.Diagnostics;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>Reads the whole log: <c>log-read-all [events] [page size]</c>.</summary>
public static class LogReadAll
{
    public static Task<string> RunAsync(string[] args)
    {
        var events = LogBenchmark.Argument(args, 0, 1_000_000);
        var pageSize = LogBenchmark.Argument(args, 1, 2_000);
        return LogBenchmark.WithLogAsync(async log =>
        {
            await LogBenchmark.FillAsync(log, events);
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var started = Stopwatch.GetTimestamp();
            long read = 0;
            LogPosition? after = null;
            while (true)
            {
                var page = await log.ReadAllAsync(after, pageSize, StreamFilter.ExcludeSystem, CancellationToken.None);
                read += page.Events.Count;
                after = page.LastPosition;
                if (page.IsHead) break;
            }
            var elapsed = Stopwatch.GetElapsedTime(started);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            return new { benchmark = "log-read-all", events = read, pageSize, eventsPerSecond = (long)(read / elapsed.TotalSeconds), allocatedBytesPerEvent = allocated / read };
        });
    }
}

/// <summary>Reads customers' streams, each whole: <c>log-read-stream [events] [streams read] [readers]</c>.</summary>
public static class LogReadStream
{
    public static Task<string> RunAsync(string[] args)
    {
        var events = LogBenchmark.Argument(args, 0, 1_000_000);
        var streams = LogBenchmark.Argument(args, 1, 20_000);
        var readers = LogBenchmark.Argument(args, 2, 1);
        return LogBenchmark.WithLogAsync(async log =>
        {
            await LogBenchmark.FillAsync(log, events);
            var started = Stopwatch.GetTimestamp();
            var counts = await Task.WhenAll(Enumerable.Range(0, readers).Select(reader => Task.Run(async () =>
            {
                long count = 0;
                var latencies = new List<double>();
                for (var i = reader; i < streams; i += readers)
                {
                    var one = Stopwatch.GetTimestamp();
                    count += (await log.ReadStreamAsync(LogBenchmark.StreamOf(i * 7919), ReadDirection.Forwards, null, 1_000, CancellationToken.None)).Events.Count;
                    latencies.Add(LogBenchmark.Milliseconds(one));
                }
                return (count, latencies);
            })));
            var elapsed = Stopwatch.GetElapsedTime(started);
            var read = counts.Sum(c => c.count);
            var all = counts.SelectMany(c => c.latencies).ToList();
            return new
            {
                benchmark = "log-read-stream",
                logEvents = events,
                streams,
                readers,
                events = read,
                streamsPerSecond = (long)(streams / elapsed.TotalSeconds),
                eventsPerSecond = (long)(read / elapsed.TotalSeconds),
                microsecondsPerEvent = Math.Round(elapsed.TotalMicroseconds * readers / Math.Max(1, read), 2),
                p99Milliseconds = LogBenchmark.Percentile(all, 0.99),
            };
        });
    }
}
