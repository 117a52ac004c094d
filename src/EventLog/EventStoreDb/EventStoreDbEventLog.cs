using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>The log on an EventStoreDB (or KurrentDB) node or cluster.</summary>
public sealed class EventStoreDbEventLog : IEventLog
{
    private const string IdentityStream = "log-identity";
    private const string IdentityType = "log-identified";

    private readonly EventStoreClient client;
    private readonly BatchAppender appender;
    private Guid identity;

    /// <summary>A log on a server; nothing is connected until the first call.</summary>
    public EventStoreDbEventLog(EventStoreSettings settings)
    {
        client = new EventStoreClient(settings);
        appender = new BatchAppender(client);
    }

    /// <summary>A log behind a connection string such as <c>esdb://localhost:2113?tls=false</c>.</summary>
    /// <exception cref="FormatException">The text is no connection string.</exception>
    public static EventStoreDbEventLog Open(string connectionString) => new(EventStoreSettings.Create(connectionString));

    /// <inheritdoc/>
    public async ValueTask<Guid> GetIdentityAsync(CancellationToken cancellationToken)
    {
        if (identity != Guid.Empty) return identity;
        var proposal = new EventToAppend(Guid.NewGuid(), IdentityType, Encoding.UTF8.GetBytes($$"""{"id":"{{Guid.NewGuid()}}"}"""));
        try
        {
            await client.AppendToStreamAsync(IdentityStream, ExpectedRevision.NoStream, [proposal], cancellationToken).ConfigureAwait(false);
        }
        catch (WrongExpectedVersionException)
        {
            // The log was identified before; the first event counts.
        }
        var events = await client.ReadStreamAsync(ReadDirection.Forwards, IdentityStream, null, 1, cancellationToken).ConfigureAwait(false);
        using var document = JsonDocument.Parse(events![0].Data);
        return identity = document.RootElement.GetProperty("id").GetGuid();
    }

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        (await AppendManyAsync([new StreamAppend(stream, expected, events)], cancellationToken).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(appends);
        foreach (var append in appends) Check(append);
        try
        {
            var results = await SendAsync(appends, cancellationToken).ConfigureAwait(false);
            var refused = Enumerable.Range(0, results.Length).Where(i => ReferenceEquals(results[i], BatchAppender.NotLeader)).ToArray();
            if (refused.Length == 0) return results;
            var again = await SendAsync([.. refused.Select(i => appends[i])], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < refused.Length; i++) results[refused[i]] = again[i];
            return results;
        }
        catch (DiscoveryException e)
        {
            return [.. appends.Select(_ => new AppendResult.Failed(e.Message))];
        }
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
        var head = await GetHeadAsync(cancellationToken).ConfigureAwait(false);
        if (head is null || after >= head) return new LogPage([], after, true);
        var events = new List<RecordedEvent>();
        // The server starts with the event at the position itself, and one more than asked for tells whether the log ends here.
        await foreach (var e in client.ReadAllAsync(ReadDirection.Forwards, after, maxCount + 2, filter, cancellationToken).ConfigureAwait(false))
            if (after is null || e.Position > after) events.Add(e);
        if (events.Count > maxCount)
        {
            events.RemoveRange(maxCount, events.Count - maxCount);
            return new LogPage(events, events[^1].Position, false);
        }
        var last = events.Count > 0 && events[^1].Position > head ? events[^1].Position : head;
        return new LogPage(events, last, true);
    }

    /// <inheritdoc/>
    public async ValueTask<LogPosition?> GetHeadAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in client.ReadAllAsync(ReadDirection.Backwards, null, 1, null, cancellationToken).ConfigureAwait(false)) return e.Position;
        return null;
    }

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
            var live = new LiveSubscription(client, filter, maxPageEvents);
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
        await appender.DisposeAsync().ConfigureAwait(false);
        await client.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<AppendResult[]> SendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken) =>
        await Task.WhenAll(await appender.SendAsync(appends, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    private async Task<LogPage?> ReadPageAsync(LogPosition? after, int maxPageEvents, StreamFilter filter, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAllAsync(after, maxPageEvents, filter, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DiscoveryException or RpcException { StatusCode: StatusCode.Unavailable or StatusCode.Aborted or StatusCode.DeadlineExceeded })
        {
            return null;
        }
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
