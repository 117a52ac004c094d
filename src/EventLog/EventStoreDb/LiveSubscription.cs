using System.Runtime.CompilerServices;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Streams;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>
/// One subscription call of the server, turned into pages: what has arrived together becomes one page. It ends, without an error, when the
/// call does: the connection broke, or the server found this reader too slow. The caller then goes back to reading pages. While nothing
/// comes, the log itself is asked now and then: if it has something, the subscription is dead and ends; if not, the reader has at least got
/// to the log's end, past events that the filter leaves out and that no checkpoint has told of yet.
/// </summary>
internal sealed class LiveSubscription(EventStoreClient client, StreamFilter filter, int maxPageEvents, Func<LogPosition?, Task<LogPage?>> readBehind, TimeSpan heartbeat)
{
    public async IAsyncEnumerable<LogPage> ReadAsync(LogPosition? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var call = await StartAsync(from, cancellationToken).ConfigureAwait(false);
        if (call is null) yield break;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reader = new Progress { After = from };
        var pending = NextAsync(call, ended.Token);
        await using var end = new End(ended, () => pending);
        while (true)
        {
            if (!pending.IsCompleted && await IsSilentAsync(pending, cancellationToken).ConfigureAwait(false))
            {
                var behind = await readBehind(reader.After).ConfigureAwait(false);
                if (behind is null || behind.Events.Count > 0) yield break;
                if (behind.LastPosition is null || behind.LastPosition <= reader.After) continue;
                reader.After = behind.LastPosition;
                yield return new LogPage([], reader.After, behind.IsHead);
                continue;
            }
            var response = await pending.ConfigureAwait(false);
            if (response is null) yield break;
            var events = new List<RecordedEvent>();
            var moved = false;
            for (; response is not null; response = events.Count < maxPageEvents ? call.TryRead() : null) moved |= reader.Take(response, events);
            pending = NextAsync(call, ended.Token);
            if (moved) yield return new LogPage(events, reader.After, reader.IsLive && events.Count < maxPageEvents);
        }
    }

    /// <returns>Null when the call has ended.</returns>
    private static async Task<ReadResp?> NextAsync(GrpcCall<ReadResp> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private async Task<bool> IsSilentAsync(Task pending, CancellationToken cancellationToken)
    {
        using var heard = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(pending, Task.Delay(heartbeat, heard.Token)).ConfigureAwait(false);
        await heard.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return first != pending;
    }

    private async Task<GrpcCall<ReadResp>?> StartAsync(LogPosition? after, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SubscribeToAllAsync(after, filter, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or DiscoveryException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>Stops the read that is under way before the call's buffers are given back.</summary>
    private sealed class End(CancellationTokenSource ended, Func<Task> pending) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(pending()).ConfigureAwait(false);
        }
    }

    /// <summary>How far the reader has got.</summary>
    private struct Progress
    {
        public LogPosition? After { get; set; }

        public bool IsLive { get; private set; }

        /// <summary>Takes an answer in; kinds that this client does not know are passed over.</summary>
        /// <returns>Whether there is something to tell.</returns>
        public bool Take(ReadResp response, List<RecordedEvent> events)
        {
            switch (response.ContentCase)
            {
                case ReadResp.ContentOneofCase.Event:
                    var e = ClientWire.ToEvent(response.Event);
                    if (!MoveTo(e.Position)) return false;
                    events.Add(e);
                    return true;
                case ReadResp.ContentOneofCase.Checkpoint:
                    return MoveTo(new LogPosition((long)response.Checkpoint.CommitPosition, (long)response.Checkpoint.PreparePosition));
                case ReadResp.ContentOneofCase.CaughtUp:
                    if (response.CaughtUp.Position is { } head) MoveTo(new LogPosition((long)head.CommitPosition, (long)head.PreparePosition));
                    IsLive = true;
                    return true;
                case ReadResp.ContentOneofCase.FellBehind:
                    IsLive = false;
                    return true;
                default:
                    return false;
            }
        }

        private bool MoveTo(LogPosition position)
        {
            if (position <= After) return false;
            After = position;
            return true;
        }
    }
}
