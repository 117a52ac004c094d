using System.Runtime.CompilerServices;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Testing;

/// <summary>
/// The log as a test double: everything in memory, positions 1, 2, 3 ..., the expected revisions and the idempotence of the real ones.
/// Safe for many threads.
/// </summary>
public sealed class InMemoryEventLog : IEventLog
{
    private readonly Lock gate = new();
    private readonly Guid identity = Guid.NewGuid();
    private readonly List<RecordedEvent> all = [];
    private readonly Dictionary<string, List<RecordedEvent>> streams = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Stream, Guid EventId), int> revisions = [];
    private readonly TimeProvider clock;
    private TaskCompletionSource appended = NewSignal();

    /// <summary>An empty log.</summary>
    /// <param name="clock">Tells <see cref="RecordedEvent.Created"/>; null = the system's clock.</param>
    public InMemoryEventLog(TimeProvider? clock = null) => this.clock = clock ?? TimeProvider.System;

    /// <summary>Asked before every append, to simulate trouble: a result other than null is the answer and nothing is written.</summary>
    public Func<StreamAppend, AppendResult?>? Interfere { get; set; }

    /// <summary>Called before the head is given, to simulate trouble by throwing.</summary>
    public Action? InterfereWithHead { get; set; }

    /// <summary>All events, by position.</summary>
    public IReadOnlyList<RecordedEvent> Events
    {
        get { lock (gate) return [.. all]; }
    }

    /// <summary>The events of one stream, by revision; empty if there is no such stream.</summary>
    public IReadOnlyList<RecordedEvent> EventsOf(string stream)
    {
        lock (gate) return streams.TryGetValue(stream, out var found) ? [.. found] : [];
    }

    /// <inheritdoc/>
    public ValueTask<Guid> GetIdentityAsync(CancellationToken cancellationToken) => ValueTask.FromResult(identity);

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Append(new StreamAppend(stream, expected, events)));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<AppendResult>>([.. appends.Select(Append)]);
    }

    /// <inheritdoc/>
    public ValueTask<StreamPage> ReadStreamAsync(string stream, ReadDirection direction, long? from, int maxCount, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckPage(maxCount);
        lock (gate)
        {
            if (!streams.TryGetValue(stream, out var events)) return ValueTask.FromResult(new StreamPage(false, [], true));
            var page = new List<RecordedEvent>();
            var step = direction == ReadDirection.Forwards ? 1 : -1;
            var index = direction == ReadDirection.Forwards ? from ?? 0 : Math.Min(from ?? long.MaxValue, events.Count - 1);
            for (; index >= 0 && index < events.Count && page.Count < maxCount; index += step) page.Add(events[(int)index]);
            return ValueTask.FromResult(new StreamPage(true, page, index < 0 || index >= events.Count));
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogPage> ReadAllAsync(LogPosition? after, int maxCount, StreamFilter filter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckPage(maxCount);
        lock (gate)
        {
            var page = new List<RecordedEvent>();
            var copies = new Copies();
            var index = (int)Math.Min(after?.Commit ?? 0, all.Count);
            for (; index < all.Count && page.Count < maxCount; index++) if (filter.Matches(all[index].Stream)) page.Add(copies.Of(all[index]));
            LogPosition? last = index == 0 ? after : LogPosition.At(index);
            return ValueTask.FromResult(new LogPage(page, last, index == all.Count) { Memory = copies });
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogPosition?> GetHeadAsync(CancellationToken cancellationToken)
    {
        InterfereWithHead?.Invoke();
        lock (gate) return ValueTask.FromResult<LogPosition?>(all.Count == 0 ? null : LogPosition.At(all.Count));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogPage> SubscribeToAllAsync(LogPosition? after, int maxPageEvents, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var toldHead = false;
        while (true)
        {
            Task next;
            lock (gate) next = appended.Task;
            var page = await ReadAllAsync(after, maxPageEvents, filter, cancellationToken);
            if (page.LastPosition != after || !toldHead) yield return page;
            after = page.LastPosition;
            toldHead = page.IsHead;
            if (page.IsHead) await next.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private AppendResult Append(StreamAppend append)
    {
        if (Interfere?.Invoke(append) is { } trouble) return trouble;
        if (append.Events.Sum(e => (long)e.Data.Length) > Limits.MaxAppendBytes) return new AppendResult.TooLarge(Limits.MaxAppendBytes);
        TaskCompletionSource wake;
        AppendResult result;
        lock (gate)
        {
            var stream = streams.GetValueOrDefault(append.Stream);
            if (Repeated(stream, append) is { } earlier) return earlier;
            var actual = stream is null ? -1L : stream.Count - 1;
            if (!IsAsExpected(append.Expected.ToInt64(), actual)) return new AppendResult.WrongExpectedRevision(stream is null ? null : actual);
            if (stream is null) streams[append.Stream] = stream = [];
            foreach (var e in append.Events) Write(stream, append.Stream, e);
            result = new AppendResult.Appended(stream.Count - 1, LogPosition.At(all.Count));
            wake = appended;
            appended = NewSignal();
        }
        wake.SetResult();
        return result;
    }

    private void Write(List<RecordedEvent> stream, string name, EventToAppend e)
    {
        if (e.EventId == Guid.Empty) throw new ArgumentException("An event needs an id.");
        var kept = e with { Data = e.Data.ToArray(), Metadata = e.Metadata.ToArray() };
        var recorded = new GivenEvent(name, stream.Count, LogPosition.At(all.Count + 1), kept, clock.GetUtcNow());
        revisions[(name, e.EventId)] = stream.Count;
        stream.Add(recorded);
        all.Add(recorded);
    }

    // As EventStoreDB: behind an explicit revision the ids are compared one by one; with any, a known first id makes it a repeat or a conflict.
    private AppendResult? Repeated(List<RecordedEvent>? stream, StreamAppend append)
    {
        if (stream is null || append.Events.Count == 0) return null;
        var expected = append.Expected.ToInt64();
        var first = expected >= -1 ? (int)expected + 1 : revisions.GetValueOrDefault((append.Stream, append.Events[0].EventId), -1);
        if (first < 0 || first >= stream.Count) return null;
        for (var i = 0; i < append.Events.Count; i++)
        {
            if (first + i < stream.Count && stream[first + i].EventId == append.Events[i].EventId) continue;
            return new AppendResult.WrongExpectedRevision(stream.Count - 1);
        }
        var last = stream[first + append.Events.Count - 1];
        return new AppendResult.Appended(last.Revision, last.Position);
    }

    private static bool IsAsExpected(long expected, long actual) => expected switch
    {
        -2 => true,
        -4 => actual >= 0,
        _ => expected == actual,
    };

    private static void CheckPage(int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxCount, Limits.MaxPageEvents);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What the events of a page lie in. Who looks at one of them after giving the page back finds rubbish there, as it may with a real log.
    private sealed class Copies : IDisposable
    {
        private readonly List<byte[]> made = [];

        public RecordedEvent Of(RecordedEvent e)
        {
            var data = e.Data.ToArray();
            made.Add(data);
            return new GivenEvent(e.Stream, e.Revision, e.Position, new EventToAppend(e.EventId, e.Type, data, e.Metadata) { IsJson = e.IsJson }, e.Created);
        }

        public void Dispose() => made.ForEach(static data => data.AsSpan().Fill((byte)'!'));
    }
}
