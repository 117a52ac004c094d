using System.Globalization;
using EventSourcedAnalytics.EventLog.Embedded.Node;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Options = EventSourcedAnalytics.EventLog.Protocol.Streams.ReadReq.Types.Options;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb.Double;

/// <summary>
/// Reads: a position must be that of an event, pages have 32 events, checkpoints lag behind while catching up, messages of unknown kinds come
/// in between, and a live subscriber that is 32 events behind is dropped.
/// </summary>
internal sealed class DoubleReads(ServerDouble server)
{
    private const int PageEvents = 32;
    private const int LiveBuffer = 32;

    /// <summary>An answer of a kind that no client knows: field 1000.</summary>
    private static readonly ReadResp Unknown = ReadResp.Parser.ParseFrom([0xC2, 0x3E, 0x00]);

    public async Task HandleAsync(GrpcServerCall call)
    {
        var options = (await call.ReadAsync(ReadReq.Parser))!.Options;
        var isSubscription = options.CountOptionCase == Options.CountOptionOneofCase.Subscription;
        if (options.FilterOptionCase == Options.FilterOptionOneofCase.None) throw NodeErrors.InvalidCombination("filter");
        if (!isSubscription && options.Count == 0) throw new RpcException(StatusCode.Unknown, "Unexpected ReadAllResult: Error");
        if (options.StreamOptionCase == Options.StreamOptionOneofCase.Stream) await ReadStreamAsync(call, options);
        else if (isSubscription) await FollowAsync(call, options);
        else await ReadAllAsync(call, options);
    }

    private async Task ReadStreamAsync(GrpcServerCall call, Options options)
    {
        if (server.Store.Stream(options.Stream.StreamIdentifier.StreamName.ToStringUtf8()) is not { } events)
        {
            call.Write(new ReadResp { StreamNotFound = new() { StreamIdentifier = options.Stream.StreamIdentifier } });
            return;
        }
        var forwards = options.ReadDirection == Options.Types.ReadDirection.Forwards;
        var from = options.Stream.RevisionOptionCase == Options.Types.StreamOptions.RevisionOptionOneofCase.Revision ? (long)options.Stream.Revision : forwards ? 0 : long.MaxValue;
        var wanted = forwards ? events.Where(e => e.Revision >= from) : Enumerable.Reverse(events).Where(e => e.Revision <= from);
        await SendAsync(call, wanted.Take((int)options.Count));
    }

    private async Task ReadAllAsync(GrpcServerCall call, Options options)
    {
        var all = server.Store.All;
        var forwards = options.ReadDirection == Options.Types.ReadDirection.Forwards;
        var filter = NodeFilter.From(options);
        var index = options.All.AllOptionCase switch
        {
            Options.Types.AllOptions.AllOptionOneofCase.Position => IndexOf(all, (long)options.All.Position.CommitPosition),
            Options.Types.AllOptions.AllOptionOneofCase.Start => 0,
            _ => all.Count - 1,
        };
        var wanted = forwards ? all.Skip(index) : Enumerable.Reverse(all.Take(index + 1));
        await SendAsync(call, wanted.Where(e => Matches(filter, e)).Take((int)options.Count));
    }

    private async Task FollowAsync(GrpcServerCall call, Options options)
    {
        var filter = NodeFilter.From(options);
        var index = options.All.AllOptionCase == Options.Types.AllOptions.AllOptionOneofCase.Position ? IndexOf(server.Store.All, (long)options.All.Position.CommitPosition) + 1 : 0;
        call.Write(new ReadResp { Confirmation = new() { SubscriptionId = Guid.NewGuid().ToString() } });
        call.Write(Unknown);
        var considered = 0L;
        while (true)
        {
            var (page, live) = server.Store.ReadOrFollow(index, PageEvents, LiveBuffer);
            if (live is var (events, head))
            {
                await GoLiveAsync(call, events, head, filter, considered);
                return;
            }
            var matching = page.Where(e => Matches(filter, e)).ToList();
            await SendAsync(call, matching);
            index += page.Count;
            considered += page.Count;
            if (filter.CheckpointInterval == 0 || considered < filter.CheckpointInterval) continue;
            considered = 0;
            call.Write(Checkpoint(matching.Count > 0 ? matching[^1].Position : page[0].Position));
        }
    }

    private async Task GoLiveAsync(GrpcServerCall call, System.Threading.Channels.ChannelReader<StoredEvent> live, long head, NodeFilter filter, long considered)
    {
        var caughtUp = new ReadResp.Types.CaughtUp();
        if (server.TellsPositions) caughtUp.Position = new() { CommitPosition = (ulong)head, PreparePosition = (ulong)head };
        call.Write(new ReadResp { CaughtUp = caughtUp });
        await call.FlushAsync();
        await foreach (var e in live.ReadAllAsync(call.Cancelled))
        {
            if (server.IsMute) await new TaskCompletionSource().Task.WaitAsync(call.Cancelled);
            if (Matches(filter, e)) call.Write(ToWire(e));
            if (filter.CheckpointInterval > 0 && ++considered % filter.CheckpointInterval == 0) call.Write(Checkpoint(e.Position));
            await call.FlushAsync();
        }
        throw new RpcException(StatusCode.Aborted, "Operation timed out: Consumer too slow to handle event while live. Client resubscription required.");
    }

    private static bool Matches(NodeFilter filter, StoredEvent e) =>
        filter.Streams.Matches(e.Stream) && filter.Matches(Recorded(e));

    private static int IndexOf(List<StoredEvent> all, long position)
    {
        var index = all.FindIndex(e => e.Position == position);
        return index >= 0 ? index : throw new RpcException(StatusCode.Unknown, "Unexpected ReadAllResult: Error");
    }

    private static async Task SendAsync(GrpcServerCall call, IEnumerable<StoredEvent> events)
    {
        foreach (var page in events.Chunk(PageEvents))
        {
            foreach (var e in page) call.Write(ToWire(e));
            await call.FlushAsync();
        }
    }

    private static ReadResp Checkpoint(long position) => new() { Checkpoint = new() { CommitPosition = (ulong)position, PreparePosition = (ulong)position } };

    private static GivenEvent Recorded(StoredEvent e) => new(e.Stream, e.Revision, LogPosition.At(e.Position), e.Event, DateTimeOffset.UnixEpoch);

    private static ReadResp ToWire(StoredEvent e)
    {
        var recorded = GeneratedEvent.Of(Recorded(e), uuidAsString: false);
        recorded.Event.Metadata["created"] = e.CreatedTicks.ToString(CultureInfo.InvariantCulture);
        return new ReadResp { Event = recorded };
    }
}
