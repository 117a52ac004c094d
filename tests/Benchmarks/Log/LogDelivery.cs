using System.Diagnostics;
using System.Threading.Channels;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>From the call of append to the event at a live subscriber: <c>log-delivery [events] [milliseconds between two]</c>.</summary>
public static class LogDelivery
{
    public static Task<string> RunAsync(string[] args)
    {
        var events = LogBenchmark.Argument(args, 0, 2_000);
        var pause = LogBenchmark.Argument(args, 1, 1);
        return LogBenchmark.WithLogAsync(async log =>
        {
            await LogBenchmark.FillAsync(log, 10_000);
            var head = await log.GetHeadAsync(CancellationToken.None);
            using var stop = new CancellationTokenSource();
            var arrivals = Channel.CreateUnbounded<(Guid Id, long At)>();
            var subscriber = Task.Run(async () =>
            {
                await foreach (var page in log.SubscribeToAllAsync(head, 1_000, StreamFilter.ExcludeSystem, stop.Token))
                    foreach (var e in page.Events) arrivals.Writer.TryWrite((e.EventId, Stopwatch.GetTimestamp()));
            });
            var random = new Random(2);
            var latencies = new List<double>(events);
            for (var i = 0; i < events; i++)
            {
                var e = LogBenchmark.NewEvent(random);
                var started = Stopwatch.GetTimestamp();
                await log.AppendAsync(LogBenchmark.StreamOf(i), ExpectedRevision.Any, [e], CancellationToken.None);
                var (id, at) = await arrivals.Reader.ReadAsync();
                if (id != e.EventId) throw new InvalidOperationException("An event arrived out of order.");
                latencies.Add(Stopwatch.GetElapsedTime(started, at).TotalMilliseconds);
                if (pause > 0) await Task.Delay(pause);
            }
            await stop.CancelAsync();
            await Task.WhenAny(subscriber);
            return new { benchmark = "log-delivery", events, p50Milliseconds = LogBenchmark.Percentile(latencies, 0.5), p99Milliseconds = LogBenchmark.Percentile(latencies, 0.99) };
        });
    }
}
