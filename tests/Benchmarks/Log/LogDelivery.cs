using System.Diagnostics;
using System.Threading.Channels;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>From the call of append to the event at a live subscriber: <c>log-delivery [ADAPTER] [events] [milliseconds between two]</c>.</summary>
public static class LogDelivery
{
    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args);
        await using var test = await LogUnderTest.StartAsync(adapter);
        return LogBenchmark.Line(await MeasureAsync(test, LogBenchmark.Argument(args, 0, 2_000), LogBenchmark.Argument(args, 1, 1)));
    }

    internal static async Task<LogRow> MeasureAsync(LogUnderTest test, int events, int pause)
    {
        var log = test.Log;
        await LogBenchmark.FillAsync(log, 2_000);
        var head = await log.GetHeadAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var arrivals = Channel.CreateBounded<(Guid Id, long At)>(1_024);
        var live = new TaskCompletionSource();
        var subscriber = Task.Run(async () =>
        {
            await foreach (var page in log.SubscribeToAllAsync(head, 1_000, StreamFilter.ExcludeSystem, stop.Token))
            {
                foreach (var e in page.Events) arrivals.Writer.TryWrite((e.EventId, Stopwatch.GetTimestamp()));
                if (page.IsHead) live.TrySetResult();
            }
        });
        await live.Task;
        var random = new Random(2);
        var latencies = new List<double>(events);
        var cost = test.NewCost();
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
        var row = cost.ToRow("log-delivery", test.Adapter, events, latencies);
        await stop.CancelAsync();
        await Task.WhenAny(subscriber);
        return row;
    }
}
