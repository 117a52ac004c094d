using System.Runtime.CompilerServices;
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
    private const int Attempts = 3;

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
    /// <exception cref="RpcException">Anything else; the append may have been written or not.</exception>
    public async Task<AppendResult.Appended> AppendToStreamAsync(string stream, ExpectedRevision expected, IEnumerable<EventToAppend> events, CancellationToken cancellationToken = default)
    {
        var options = new AppendReq.Types.Options { StreamIdentifier = ClientWire.Identifier(stream) };
        if (expected == ExpectedRevision.Any) options.Any = ClientWire.Empty;
        else if (expected == ExpectedRevision.NoStream) options.NoStream = ClientWire.Empty;
        else if (expected == ExpectedRevision.StreamExists) options.StreamExists = ClientWire.Empty;
        else options.Revision = (ulong)expected.ToInt64();
        IEnumerable<IMessage> messages = [new AppendReq { Options = options }, .. events.Select(e => new AppendReq { ProposedMessage = ClientWire.ToProposed(e) })];
        var response = await UnaryAsync("Append", GrpcFraming.ToBytes(messages), AppendResp.Parser, stream, expected, cancellationToken).ConfigureAwait(false);
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
        var response = await UnaryAsync("Delete", body, DeleteResp.Parser, stream, expected, cancellationToken).ConfigureAwait(false);
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
        var response = await UnaryAsync("Tombstone", body, TombstoneResp.Parser, stream, expected, cancellationToken).ConfigureAwait(false);
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
        var events = new List<RecordedEvent>();
        try
        {
            await foreach (var response in ReadAsync(new Options { Stream = options, NoFilter = ClientWire.Empty }, direction, maxCount, cancellationToken).ConfigureAwait(false))
            {
                if (response.StreamNotFound is not null) return null;
                if (response.Event is not null) events.Add(ClientWire.ToEvent(response.Event));
            }
        }
        catch (RpcException e) when (e.Trailers.GetValueOrDefault("exception") == "stream-deleted")
        {
            throw new StreamDeletedException(stream, e);
        }
        return events;
    }

    /// <summary>Reads the whole log.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="from">First position, inclusive; null = the start (forwards) or the end (backwards).</param>
    /// <param name="maxCount">At most this many events.</param>
    /// <param name="filter">Which streams; null = every one, system streams too.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(ReadDirection direction, LogPosition? from, int maxCount, StreamFilter? filter,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var all = new Options.Types.AllOptions();
        if (from is { } position) all.Position = ToWire(position);
        else if (direction == ReadDirection.Forwards) all.Start = ClientWire.Empty;
        else all.End = ClientWire.Empty;
        await foreach (var response in ReadAsync(WithFilter(new Options { All = all }, filter), direction, maxCount, cancellationToken).ConfigureAwait(false))
            if (response.Event is not null) yield return ClientWire.ToEvent(response.Event);
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
        var all = new Options.Types.AllOptions();
        if (after is { } position) all.Position = ToWire(position);
        else all.Start = ClientWire.Empty;
        var options = WithFilter(new Options { All = all }, filter);
        options.Subscription = new Options.Types.SubscriptionOptions();
        options.UuidOption = new Options.Types.UUIDOption { Structured = ClientWire.Empty };
        var channel = await Nodes.GetAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await channel.StartAsync(Streams + "Read", new ByteArrayContent(GrpcFraming.ToBytes(new ReadReq { Options = options })), ReadResp.Parser,
                Nodes.Headers, null, cancellationToken).ConfigureAwait(false);
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

    private static Options WithFilter(Options options, StreamFilter? filter)
    {
        if (filter is null) options.NoFilter = ClientWire.Empty;
        else options.Filter = ClientWire.ToFilter(filter, EventStoreLimits.SearchWindow, EventStoreLimits.CheckpointInterval);
        return options;
    }

    /// <summary>A read that ends, once more on another node if the first does not answer at all.</summary>
    private async IAsyncEnumerable<ReadResp> ReadAsync(Options options, ReadDirection direction, int maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        options.ReadDirection = direction == ReadDirection.Forwards ? Options.Types.ReadDirection.Forwards : Options.Types.ReadDirection.Backwards;
        options.Count = (ulong)maxCount;
        options.UuidOption = new Options.Types.UUIDOption { Structured = ClientWire.Empty };
        var body = GrpcFraming.ToBytes(new ReadReq { Options = options });
        await using var call = await RetryAsync((channel, token) =>
            channel.StartAsync(Streams + "Read", new ByteArrayContent(body), ReadResp.Parser, Nodes.Headers, null, token), cancellationToken).ConfigureAwait(false);
        while (await call.ReadAsync(cancellationToken).ConfigureAwait(false) is { } response) yield return response;
    }

    private async Task<TResponse> UnaryAsync<TResponse>(string method, byte[] body, MessageParser<TResponse> parser, string stream, ExpectedRevision expected, CancellationToken cancellationToken)
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await RetryAsync((channel, token) =>
                channel.UnaryAsync(Streams + method, body, parser, Nodes.Headers, Settings.DefaultDeadline, token), cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Trailers.GetValueOrDefault("exception") is { } kind)
        {
            throw kind switch
            {
                "stream-deleted" => new StreamDeletedException(stream, e),
                "wrong-expected-version" => new WrongExpectedVersionException(stream, expected.ToInt64(),
                    long.TryParse(e.Trailers.GetValueOrDefault("actual-version"), out var actual) && actual >= 0 ? actual : null),
                "maximum-append-size-exceeded" => new MaximumAppendSizeExceededException(
                    int.TryParse(e.Trailers.GetValueOrDefault("maximum-append-size"), out var max) ? max : Limits.MaxAppendBytes),
                _ => e,
            };
        }
    }

    /// <summary>
    /// Starts a call, again after the server said that it did not take it: not the leader, or not to be reached. Appends are idempotent by
    /// their event ids, so that repeating one whose fate is unknown is right.
    /// </summary>
    private async Task<T> RetryAsync<T>(Func<GrpcChannel, CancellationToken, Task<T>> start, CancellationToken cancellationToken)
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
                var isWorthIt = e.StatusCode == StatusCode.Unavailable || e.Trailers.GetValueOrDefault("exception") == "not-leader";
                if (!isWorthIt || attempt == Attempts) throw;
                await Task.Delay(EventStoreLimits.Backoff(attempt), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
