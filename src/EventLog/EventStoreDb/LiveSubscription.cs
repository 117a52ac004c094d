using System.Runtime.CompilerServices;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Streams;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>
/// One subscription call of the server, turned into pages: what has arrived together becomes one page. It ends, without an error, when the
/// call does: the connection broke, or the server found this reader too slow. The caller then goes back to reading pages.
/// </summary>
internal sealed class LiveSubscription(EventStoreClient client, StreamFilter filter, int maxPageEvents)
{
    public async IAsyncEnumerable<LogPage> ReadAsync(LogPosition? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var call = await StartAsync(after, cancellationToken).ConfigureAwait(false);
        if (call is null) yield break;
        var events = new List<RecordedEvent>();
        var isLive = false;
        while (true)
        {
            ReadResp? response;
            try
            {
                response = await call.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield break;
            }
            var moved = false;
            for (; response is not null; response = events.Count < maxPageEvents ? call.TryRead() : null)
                moved |= Take(response, events, ref after, ref isLive);
            if (!moved) continue;
            yield return new LogPage(events, after, isLive && events.Count < maxPageEvents);
            events = [];
        }
    }

    private static bool Take(ReadResp response, List<RecordedEvent> events, ref LogPosition? after, ref bool isLive)
    {
        switch (response.ContentCase)
        {
            case ReadResp.ContentOneofCase.Event:
                var e = ClientWire.ToEvent(response.Event);
                if (e.Position <= after) return false;
                events.Add(e);
                after = e.Position;
                return true;
            case ReadResp.ContentOneofCase.Checkpoint:
                var position = new LogPosition((long)response.Checkpoint.CommitPosition, (long)response.Checkpoint.PreparePosition);
                if (position <= after) return false;
                after = position;
                return true;
            case ReadResp.ContentOneofCase.CaughtUp:
                isLive = true;
                return true;
            default:
                return false;
        }
    }

    private async Task<GrpcCall<ReadResp>?> StartAsync(LogPosition? after, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SubscribeToAllAsync(after, filter, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or DiscoveryException)
        {
            return null;
        }
    }
}
