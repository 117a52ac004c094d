using System.Collections.Concurrent;
using System.Diagnostics;
using EventSourcedAnalytics.Benchmarks.Log;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Ingest;

/// <summary>Passes everything on to a log and keeps the first appends of many streams, so that the same can be appended again without what came before it.</summary>
internal sealed class RecordingLog(IEventLog log) : IEventLog
{
    private const int KeptCalls = 100;

    private readonly ConcurrentQueue<IReadOnlyList<StreamAppend>> kept = new();

    /// <summary>Makes the kept appends again and again, with new ids.</summary>
    /// <returns>How long each call took, in milliseconds.</returns>
    public async Task<(long Events, List<double> Times)> RepeatAsync(int calls, int inFlight)
    {
        var (shapes, next, events) = (kept.ToArray(), -1, 0L);
        var times = await Task.WhenAll(Enumerable.Range(0, inFlight).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            var mine = new List<double>();
            for (int i; (i = Interlocked.Increment(ref next)) < calls;)
            {
                var appends = shapes[i % shapes.Length].Select(append => append with { Events = [.. append.Events.Select(e => e with { EventId = NewId(random) })] }).ToArray();
                var started = Stopwatch.GetTimestamp();
                var results = await log.AppendManyAsync(appends, CancellationToken.None);
                mine.Add(LogBenchmark.Milliseconds(started));
                foreach (var result in results) if (result is not AppendResult.Appended) throw new InvalidOperationException(result.ToString());
                Interlocked.Add(ref events, appends.Sum(append => append.Events.Count));
            }
            return mine;
        })));
        return (events, [.. times.SelectMany(list => list)]);
    }

    public ValueTask<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        if (kept.Count < KeptCalls) kept.Enqueue(appends);
        return log.AppendManyAsync(appends, cancellationToken);
    }

    public ValueTask<Guid> GetIdentityAsync(CancellationToken cancellationToken) => log.GetIdentityAsync(cancellationToken);

    public ValueTask<AppendResult> AppendAsync(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        log.AppendAsync(stream, expected, events, cancellationToken);

    public ValueTask<StreamPage> ReadStreamAsync(string stream, ReadDirection direction, long? from, int maxCount, CancellationToken cancellationToken) =>
        log.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);

    public ValueTask<LogPage> ReadAllAsync(LogPosition? after, int maxCount, StreamFilter filter, CancellationToken cancellationToken) => log.ReadAllAsync(after, maxCount, filter, cancellationToken);

    public ValueTask<LogPosition?> GetHeadAsync(CancellationToken cancellationToken) => log.GetHeadAsync(cancellationToken);

    public IAsyncEnumerable<LogPage> SubscribeToAllAsync(LogPosition? after, int maxPageEvents, StreamFilter filter, CancellationToken cancellationToken) =>
        log.SubscribeToAllAsync(after, maxPageEvents, filter, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Guid NewId(Random random)
    {
        Span<byte> id = stackalloc byte[16];
        random.NextBytes(id);
        return new Guid(id);
    }
}
