using System.Diagnostics;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.EventLog.EventStoreDb;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>
/// A soak in miniature: <c>log-soak [ADAPTER] [minutes] [disconnects]</c>, by default 10 minutes and 50 forced disconnects between client and server. Four writers and
/// two subscribers, one of them slow; every delivery is checked against what was acknowledged, and the process's memory is watched.
/// </summary>
public static class LogSoak
{
    private const int Writers = 4;
    private const int EventsAnAppend = 5;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);

    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args.Length > 0 ? args : ["node"]);
        var length = TimeSpan.FromMinutes(LogBenchmark.Argument(args, 0, 10));
        var disconnects = LogBenchmark.Argument(args, 1, 50);
        await using var server = await LogUnderTest.StartAsync(adapter);
        var settings = EventStoreSettings.Create(server.ConnectionString ?? throw new InvalidOperationException("The embedded log has no connection that could break; use node or a connection string."));
        await using var relay = new BreakingRelay(settings.Hosts[0].Host, settings.Hosts[0].Port);
        await using var log = new EventStoreDbEventLog(settings with { Hosts = [new NodeEndpoint("127.0.0.1", relay.Port)] });
        var prefix = $"soak-{Guid.NewGuid():N}-";
        var start = await log.GetHeadAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource(length);
        var fast = new SoakReader(log, prefix, start, TimeSpan.Zero);
        var slow = new SoakReader(log, prefix, start, TimeSpan.FromMilliseconds(50));
        var breaking = BreakAsync(relay, length / (disconnects + 1), disconnects);
        var memory = WatchMemoryAsync(stop.Token);
        var written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(log, prefix + writer, stop.Token))));
        await breaking;
        var (first, last, highest) = await memory;
        var expected = written.Sum();
        await fast.WaitForAsync(expected);
        await slow.WaitForAsync(expected);
        return LogBenchmark.Line(new
        {
            benchmark = "log-soak", server.Adapter, minutes = length.TotalMinutes, disconnects = relay.Broken, events = expected,
            deliveredOnce = fast.Received == expected && slow.Received == expected, outOfOrder = fast.OutOfOrder + slow.OutOfOrder,
            managedMegabytesAtFirst = first, managedMegabytesAtLast = last, highestWorkingSetMegabytes = highest,
        });
    }

    /// <returns>Events acknowledged.</returns>
    private static async Task<long> WriteAsync(EventStoreDbEventLog log, string stream, CancellationToken stop)
    {
        var random = new Random(stream.GetHashCode(StringComparison.Ordinal));
        using var pace = new PeriodicTimer(Pace);
        long revision = -1;
        while (!stop.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync(CancellationToken.None);
            var events = LogBenchmark.NewEvents(random, EventsAnAppend);
            var expected = revision < 0 ? ExpectedRevision.NoStream : ExpectedRevision.At(revision);
            AppendResult result;
            do result = await log.AppendAsync(stream, expected, events, CancellationToken.None);
            while (result is AppendResult.Failed);
            revision += EventsAnAppend;
            if (result is not AppendResult.Appended appended || appended.Revision != revision) throw new InvalidOperationException($"{stream} after {revision}: {result}");
        }
        return revision + 1;
    }

    private static async Task BreakAsync(BreakingRelay relay, TimeSpan interval, int times)
    {
        using var timer = new PeriodicTimer(interval);
        for (var i = 0; i < times; i++)
        {
            await timer.WaitForNextTickAsync();
            relay.Break();
        }
    }

    /// <returns>Megabytes: managed after the first and after the last tenth of a minute, and the highest working set.</returns>
    private static async Task<(long First, long Last, long Highest)> WatchMemoryAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(6));
        long first = 0, last = 0, highest = 0;
        while (!stop.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            last = GC.GetTotalMemory(forceFullCollection: true) >> 20;
            if (first == 0) first = last;
            highest = Math.Max(highest, Environment.WorkingSet >> 20);
        }
        return (first, last, highest);
    }
}

/// <summary>A subscriber that counts what it gets and sees whether each stream comes without gap or repeat.</summary>
internal sealed class SoakReader
{
    private readonly Dictionary<string, long> next = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;
    private long received;

    public SoakReader(IEventLog log, string prefix, LogPosition? start, TimeSpan pause) => reading = Task.Run(() => ReadAsync(log, prefix, start, pause));

    public long Received => Interlocked.Read(ref received);

    public long OutOfOrder { get; private set; }

    public async Task WaitForAsync(long expected)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var clock = Stopwatch.StartNew();
        while (Received < expected && clock.Elapsed < TimeSpan.FromMinutes(2)) await timer.WaitForNextTickAsync();
        await stop.CancelAsync();
        await Task.WhenAny(reading);
        stop.Dispose();
    }

    private async Task ReadAsync(IEventLog log, string prefix, LogPosition? start, TimeSpan pause)
    {
        await foreach (var page in log.SubscribeToAllAsync(start, 500, StreamFilter.ByPrefix(prefix), stop.Token))
        {
            foreach (var e in page.Events)
            {
                if (e.Revision != next.GetValueOrDefault(e.Stream)) OutOfOrder++;
                next[e.Stream] = e.Revision + 1;
            }
            Interlocked.Add(ref received, page.Events.Count);
            if (pause > TimeSpan.Zero && page.Events.Count > 0) await Task.Delay(pause, stop.Token);
        }
    }
}
