using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Google.Protobuf;
using Options = EventSourcedAnalytics.EventLog.Protocol.Streams.ReadReq.Types.Options;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>
/// A client of the streams of an EventStoreDB node or cluster, by its gRPC protocol. Shaped like the official .NET client, so that that one
/// can take its place; the types of events and positions are the port's.
/// </summary>
public sealed class EventStoreClient : IAsyncDisposable
{
    private const string Streams = "/event_store.client.streams.Streams/";
    private const int EventsBetweenChecks = 256;

    /// <summary>A client; nothing is connected until the first call.</summary>
    public EventStoreClient(EventStoreSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        Nodes = new NodeSelector(settings);
    }

    internal EventStoreSettings Settings { get; }

    internal NodeSelector Nodes { get; }

    /// <summary>Appends events to a stream, all or none; an empty list only checks the expected revision.</summary>
    /// <returns>The place of the last event.</returns>
    /// <exception cref="WrongExpectedVersionException">The stream is at another revision.</exception>
    /// <exception cref="StreamDeletedException">The stream is tombstoned.</exception>
    /// <exception cref="MaximumAppendSizeExceededException">The append is too large.</exception>
    /// <exception cref="AccessDeniedException">The user may not append to it.</exception>
    /// <exception cref="RpcException">Anything else; the append may have been written or not.</exception>
    public async Task<AppendResult.Appended> AppendToStreamAsync(string stream, ExpectedRevision expected, IEnumerable<EventToAppend> events, CancellationToken cancellationToken = default)
    {
        var options = new AppendReq.Types.Options { StreamIdentifier = ClientWire.Identifier(stream) };
        if (expected == ExpectedRevision.Any) options.Any = ClientWire.Empty;
        else if (expected == ExpectedRevision.NoStream) options.NoStream = ClientWire.Empty;
        else if (expected == ExpectedRevision.StreamExists) options.StreamExists = ClientWire.Empty;
        else options.Revision = (ulong)expected.ToInt64();
        IEnumerable<IMessage> messages = [new AppendReq { Options = options }, .. events.Select(e => new AppendReq { ProposedMessage = ClientWire.ToProposed(e) })];
        var response = await UnaryAsync("Append", GrpcFraming.ToBytes(messages), AppendResp.Parser, stream, expected, expected.IsRepeatable(), cancellationToken).ConfigureAwait(false);
        if (response.WrongExpectedVersion is { } wrong)
            throw new WrongExpectedVersionException(stream, expected.ToInt64(), wrong.CurrentNoStream is null ? (long)wrong.CurrentRevision : null);
        var success = response.Success;
        var position = success.Position is { } p ? new LogPosition((long)p.CommitPosition, (long)p.PreparePosition) : default;
        return new AppendResult.Appended(success.NoStream is null ? (long)success.CurrentRevision : -1, position);
    }

    /// <summary>Deletes a stream until something is appended to it.</summary>
    /// <returns>The position of the deletion.</returns>
    public async Task<LogPosition> DeleteAsync(string stream, ExpectedRevision expected, CancellationToken cancellationToken = default)
    {
        var options = new DeleteReq.Types.Options { StreamIdentifier = ClientWire.Identifier(stream) };
        if (expected == ExpectedRevision.Any) options.Any = ClientWire.Empty;
        else if (expected == ExpectedRevision.NoStream) options.NoStream = ClientWire.Empty;
        else if (expected == ExpectedRevision.StreamExists) options.StreamExists = ClientWire.Empty;
        else options.Revision = (ulong)expected.ToInt64();
        var body = GrpcFraming.ToBytes(new DeleteReq { Options = options });
        var response = await UnaryAsync("Delete", body, DeleteResp.Parser, stream, expected, isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return response.Position is { } p ? new LogPosition((long)p.CommitPosition, (long)p.PreparePosition) : default;
    }

    /// <summary>Deletes a stream for good.</summary>
    /// <returns>The position of the tombstone.</returns>
    public async Task<LogPosition> TombstoneAsync(string stream, ExpectedRevision expected, CancellationToken cancellationToken = default)
    {
        var options = new TombstoneReq.Types.Options { StreamIdentifier = ClientWire.Identifier(stream) };
        if (expected == ExpectedRevision.Any) options.Any = ClientWire.Empty;
        else if (expected == ExpectedRevision.NoStream) options.NoStream = ClientWire.Empty;
        else if (expected == ExpectedRevision.StreamExists) options.StreamExists = ClientWire.Empty;
        else options.Revision = (ulong)expected.ToInt64();
        var body = GrpcFraming.ToBytes(new TombstoneReq { Options = options });
        var response = await UnaryAsync("Tombstone", body, TombstoneResp.Parser, stream, expected, isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return response.Position is { } p ? new LogPosition((long)p.CommitPosition, (long)p.PreparePosition) : default;
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="stream">Its name.</param>
    /// <param name="from">First revision, inclusive; null = the start (forwards) or the end (backwards).</param>
    /// <param name="maxCount">At most this many events.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The events, or null if the stream is missing or deleted.</returns>
    /// <exception cref="StreamDeletedException">The stream is tombstoned.</exception>
    public async Task<List<RecordedEvent>?> ReadStreamAsync(ReadDirection direction, string stream, long? from, int maxCount, CancellationToken cancellationToken = default)
    {
        var options = new Options.Types.StreamOptions { StreamIdentifier = ClientWire.Identifier(stream) };
        if (from is { } revision) options.Revision = (ulong)revision;
        else if (direction == ReadDirection.Forwards) options.Start = ClientWire.Empty;
        else options.End = ClientWire.Empty;
        var request = Bounded(new Options { Stream = options, NoFilter = ClientWire.Empty }, direction, maxCount);
        return await ReadAsync((channel, token) => CollectAsync(channel, request, Settings.DefaultDeadline, token), $"reading {stream}", stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the whole log.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="from">First position, inclusive: that of an event; null = the start (forwards) or the end (backwards).</param>
    /// <param name="maxCount">At most this many events; all of them are held in memory.</param>
    /// <param name="filter">Which streams; null = every one, system streams too.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<List<RecordedEvent>> ReadAllAsync(ReadDirection direction, LogPosition? from, int maxCount, StreamFilter? filter, CancellationToken cancellationToken = default)
    {
        var request = Bounded(All(direction, from, filter), direction, maxCount);
        return (await ReadAsync((channel, token) => CollectAsync(channel, request, Timeout.InfiniteTimeSpan, token), "reading $all", null, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>
    /// The log's last event, whatever its stream, and then the events behind a position; both from one node, as another may not have got as far.
    /// </summary>
    /// <returns>The position of the last event; null = the log is empty. What was read after it: at most <paramref name="maxCount"/> events.</returns>
    internal Task<(LogPosition? Head, List<RecordedEvent> Events)> ReadBehindAsync(LogPosition? after, int maxCount, StreamFilter filter, CancellationToken cancellationToken)
    {
        var head = Bounded(All(ReadDirection.Backwards, null, null), ReadDirection.Backwards, 1);
        // The server starts with the event at the position itself.
        var page = Bounded(All(ReadDirection.Forwards, after, filter), ReadDirection.Forwards, maxCount + 1);
        return ReadAsync<(LogPosition?, List<RecordedEvent>)>(async (channel, token) =>
        {
            LogPosition? last = (await CollectAsync(channel, head, Settings.DefaultDeadline, token).ConfigureAwait(false)) is [var e] ? e.Position : null;
            if (last is null || after >= last) return (last, []);
            var events = (await CollectAsync(channel, page, Timeout.InfiniteTimeSpan, token).ConfigureAwait(false))!;
            if (after is not null && events.Count > 0 && events[0].Position <= after) events.RemoveAt(0);
            return (last, events);
        }, "reading $all", null, cancellationToken);
    }

    /// <summary>
    /// A catch-up subscription to the whole log as the server gives it: one call, which ends with an <see cref="RpcException"/> when the
    /// connection breaks or the consumer is too slow.
    /// </summary>
    /// <param name="after">The position to start behind; null = from the first event.</param>
    /// <param name="filter">Which streams; null = every one.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    internal async Task<GrpcCall<ReadResp>> SubscribeToAllAsync(LogPosition? after, StreamFilter? filter, CancellationToken cancellationToken)
    {
        var options = All(ReadDirection.Forwards, after, filter);
        options.Subscription = new Options.Types.SubscriptionOptions();
        var channel = await Nodes.GetAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await StartReadAsync(channel, options, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            Nodes.Report(channel, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Nodes.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Options.Types.Position ToWire(LogPosition position) => new() { CommitPosition = (ulong)position.Commit, PreparePosition = (ulong)position.Prepare };

    private static Options All(ReadDirection direction, LogPosition? from, StreamFilter? filter)
    {
        var all = new Options.Types.AllOptions();
        if (from is { } position) all.Position = ToWire(position);
        else if (direction == ReadDirection.Forwards) all.Start = ClientWire.Empty;
        else all.End = ClientWire.Empty;
        var options = new Options { All = all };
        if (filter is null) options.NoFilter = ClientWire.Empty;
        else options.Filter = ClientWire.ToFilter(filter, EventStoreLimits.SearchWindow, EventStoreLimits.CheckpointInterval);
        return options;
    }

    private static Options Bounded(Options options, ReadDirection direction, int maxCount)
    {
        options.ReadDirection = direction == ReadDirection.Forwards ? Options.Types.ReadDirection.Forwards : Options.Types.ReadDirection.Backwards;
        options.Count = (ulong)maxCount;
        return options;
    }

    private Task<GrpcCall<ReadResp>> StartReadAsync(GrpcChannel channel, Options options, CancellationToken cancellationToken)
    {
        options.UuidOption = new Options.Types.UUIDOption { Structured = ClientWire.Empty };
        return channel.StartAsync(Streams + "Read", new ByteArrayContent(GrpcFraming.ToBytes(new ReadReq { Options = options })), ReadResp.Parser, Nodes.Headers, null, cancellationToken);
    }

    /// <summary>Reads to the end of a call.</summary>
    /// <param name="channel">The node.</param>
    /// <param name="options">What to read.</param>
    /// <param name="patience">How long nothing may come. A filtered read may be silent for long: the server looks for what matches.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The events; null if the server says that there is no such stream.</returns>
    private async Task<List<RecordedEvent>?> CollectAsync(GrpcChannel channel, Options options, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        try
        {
            await using var call = await StartReadAsync(channel, options, timeout.Token).ConfigureAwait(false);
            var events = new List<RecordedEvent>();
            while (await call.ReadAsync(timeout.Token).ConfigureAwait(false) is { } response)
            {
                if (response.StreamNotFound is not null) return null;
                if (response.Event is null) continue;
                events.Add(ClientWire.ToEvent(response.Event));
                if (events.Count % EventsBetweenChecks == 0) timeout.CancelAfter(patience);
            }
            return events;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(StatusCode.DeadlineExceeded, $"The event store sent nothing for {patience.TotalSeconds:0.#} s.", inner: e);
        }
    }

    /// <summary>A read is made again, on another node if there is one, after whatever a second try may mend.</summary>
    private async Task<T> ReadAsync<T>(Func<GrpcChannel, CancellationToken, Task<T>> read, string what, string? stream, CancellationToken cancellationToken)
    {
        try
        {
            return await RepeatAsync(read, RpcFailures.IsTransient, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Kind() == "stream-deleted")
        {
            throw new StreamDeletedException(stream ?? "$all", e);
        }
        catch (RpcException e) when (e.IsAccessDenied())
        {
            throw new AccessDeniedException(what, e);
        }
    }

    private async Task<TResponse> UnaryAsync<TResponse>(string method, byte[] body, MessageParser<TResponse> parser, string stream, ExpectedRevision expected, bool isRepeatable,
        CancellationToken cancellationToken) where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await RepeatAsync((channel, token) => channel.UnaryAsync(Streams + method, body, parser, Nodes.Headers, Settings.DefaultDeadline, token),
                isRepeatable ? RpcFailures.IsTransient : RpcFailures.IsNotTaken, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.IsAccessDenied())
        {
            throw new AccessDeniedException($"{method} on {stream}", e);
        }
        catch (RpcException e) when (e.Kind() is { } kind)
        {
            throw kind switch
            {
                "stream-deleted" => new StreamDeletedException(stream, e),
                "wrong-expected-version" => new WrongExpectedVersionException(stream, expected.ToInt64(),
                    long.TryParse(e.Trailers.GetValueOrDefault("actual-version"), out var actual) && actual >= 0 ? actual : null),
                "maximum-append-event-size-exceeded" => new MaximumAppendSizeExceededException(
                    int.TryParse(e.Trailers.GetValueOrDefault("maximum-append-event-size"), out var maxEvent) ? maxEvent : Limits.MaxAppendBytes),
                "maximum-append-size-exceeded" => new MaximumAppendSizeExceededException(
                    int.TryParse(e.Trailers.GetValueOrDefault("maximum-append-size"), out var max) ? max : Limits.MaxAppendBytes),
                _ => e,
            };
        }
    }

    /// <summary>Makes a call, and again after failures that allow it.</summary>
    private async Task<T> RepeatAsync<T>(Func<GrpcChannel, CancellationToken, Task<T>> start, Func<RpcException, bool> mayRepeat, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var channel = await Nodes.GetAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await start(channel, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                Nodes.Report(channel, e);
                if (!mayRepeat(e) || attempt == EventStoreLimits.Attempts) throw;
                await Task.Delay(EventStoreLimits.Backoff(attempt), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
