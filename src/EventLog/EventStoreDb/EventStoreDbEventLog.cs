using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>The log on an EventStoreDB (or KurrentDB) node or cluster.</summary>
public sealed class EventStoreDbEventLog : IEventLog
{
    private const string IdentityType = "log-identified";

    private readonly EventStoreClient client;
    private readonly BatchAppender batch;
    private readonly RepeatedAppends appends;
    private Guid identity;
    private int disposed;

    /// <summary>A log on a server; nothing is connected until the first call.</summary>
    public EventStoreDbEventLog(EventStoreSettings settings)
    {
        client = new EventStoreClient(settings);
        batch = new BatchAppender(client);
        appends = new RepeatedAppends(client, batch);
    }

    /// <summary>A log behind a connection string such as <c>esdb://localhost:2113?tls=false</c>.</summary>
    /// <exception cref="FormatException">The text is no connection string.</exception>
    public static EventStoreDbEventLog Open(string connectionString) => new(EventStoreSettings.Create(connectionString));

    /// <summary>The stream that holds the log's identity; tests on a shared server have one of their own.</summary>
    internal string IdentityStream { get; init; } = "log-identity";

    /// <summary>How long a subscription may be silent before the log is asked whether it should be.</summary>
    internal TimeSpan Heartbeat { get; init; } = EventStoreLimits.Heartbeat;

    /// <inheritdoc/>
    public async ValueTask<Guid> GetIdentityAsync(CancellationToken cancellationToken)
    {
        if (identity == Guid.Empty && await ReadIdentityAsync(cancellationToken).ConfigureAwait(false) is { } known) identity = known;
        if (identity != Guid.Empty) return identity;
        var proposal = new EventToAppend(Guid.NewGuid(), IdentityType, Encoding.UTF8.GetBytes($$"""{"id":"{{Guid.NewGuid()}}"}"""));
        try
        {
            await client.AppendToStreamAsync(IdentityStream, ExpectedRevision.NoStream, [proposal], cancellationToken).ConfigureAwait(false);
        }
        catch (WrongExpectedVersionException)
        {
            // Somebody else was faster; the first event counts.
        }
        return identity = await ReadIdentityAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidDataException($"The stream {IdentityStream}, which holds the log's identity, can't be read: it was deleted or its access list excludes this user.");
    }

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        (await AppendManyAsync([new StreamAppend(stream, expected, events)], cancellationToken).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(appends);
        foreach (var append in appends) Check(append);
        if (!appends.Any(IsOversized)) return await this.appends.AppendAsync(appends, cancellationToken).ConfigureAwait(false);
        var fitting = await this.appends.AppendAsync([.. appends.Where(append => !IsOversized(append))], cancellationToken).ConfigureAwait(false);
        var next = 0;
        return [.. appends.Select(append => IsOversized(append) ? new AppendResult.TooLarge(EventStoreLimits.EventBytes) : fitting[next++])];
    }

    /// <inheritdoc/>
    public async ValueTask<StreamPage> ReadStreamAsync(string stream, ReadDirection direction, long? from, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(stream);
        CheckMaxCount(maxCount);
        try
        {
            // One event more than asked for tells whether the stream ends here.
            var events = await client.ReadStreamAsync(direction, stream, from, maxCount + 1, cancellationToken).ConfigureAwait(false);
            if (events is null) return new StreamPage(false, [], true);
            var isEnd = events.Count <= maxCount;
            if (!isEnd) events.RemoveAt(maxCount);
            return new StreamPage(true, events, isEnd);
        }
        catch (StreamDeletedException)
        {
            return new StreamPage(false, [], true);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LogPage> ReadAllAsync(LogPosition? after, int maxCount, StreamFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        CheckMaxCount(maxCount);
        // One more than asked for tells whether the log ends here.
        var (head, events) = await client.ReadBehindAsync(after, maxCount + 1, filter, cancellationToken).ConfigureAwait(false);
        if (head is null || after >= head) return new LogPage([], after, true);
        if (events.Count > maxCount)
        {
            events.RemoveRange(maxCount, events.Count - maxCount);
            return new LogPage(events, events[^1].Position, false);
        }
        var last = events.Count > 0 && events[^1].Position > head ? events[^1].Position : head;
        return new LogPage(events, last, true);
    }

    /// <inheritdoc/>
    public async ValueTask<LogPosition?> GetHeadAsync(CancellationToken cancellationToken) =>
        await client.ReadAllAsync(ReadDirection.Backwards, null, 1, null, cancellationToken).ConfigureAwait(false) is [var last] ? last.Position : null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogPage> SubscribeToAllAsync(LogPosition? after, int maxPageEvents, StreamFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CheckMaxCount(maxPageEvents);
        var failures = 0;
        while (true)
        {
            // Behind the head, pages are faster than a subscription and can't be dropped for being slow.
            var page = await ReadPageAsync(after, maxPageEvents, filter, cancellationToken).ConfigureAwait(false);
            if (page is null)
            {
                await Task.Delay(EventStoreLimits.Backoff(++failures), cancellationToken).ConfigureAwait(false);
                continue;
            }
            after = page.LastPosition;
            yield return page;
            if (!page.IsHead) continue;
            var live = new LiveSubscription(client, filter, maxPageEvents, position => ReadPageAsync(position, maxPageEvents, filter, cancellationToken), Heartbeat);
            await foreach (var next in live.ReadAsync(after, cancellationToken).ConfigureAwait(false))
            {
                failures = 0;
                after = next.LastPosition;
                yield return next;
            }
            await Task.Delay(EventStoreLimits.Backoff(++failures), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        await batch.DisposeAsync().ConfigureAwait(false);
        await client.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Guid?> ReadIdentityAsync(CancellationToken cancellationToken)
    {
        if (await client.ReadStreamAsync(ReadDirection.Forwards, IdentityStream, null, 1, cancellationToken).ConfigureAwait(false) is not [var first]) return null;
        using var document = JsonDocument.Parse(first.Data);
        return document.RootElement.GetProperty("id").GetGuid();
    }

    /// <returns>Null while the server can't be had.</returns>
    private async Task<LogPage?> ReadPageAsync(LogPosition? after, int maxPageEvents, StreamFilter filter, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAllAsync(after, maxPageEvents, filter, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DiscoveryException || e is RpcException rpc && rpc.IsTransient())
        {
            return null;
        }
    }

    private static bool IsOversized(StreamAppend append)
    {
        foreach (var e in append.Events) if ((long)e.Data.Length + e.Metadata.Length > EventStoreLimits.EventBytes) return true;
        return false;
    }

    private static void Check(StreamAppend append)
    {
        ArgumentException.ThrowIfNullOrEmpty(append.Stream, "stream");
        ArgumentOutOfRangeException.ThrowIfZero(append.Events.Count, "events");
        foreach (var e in append.Events)
        {
            if (e.EventId == Guid.Empty) throw new ArgumentException("An event's id must not be empty.", "events");
            ArgumentException.ThrowIfNullOrEmpty(e.Type, "events");
        }
    }

    private static void CheckMaxCount(int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxCount, Limits.MaxPageEvents);
    }
}
