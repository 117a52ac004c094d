using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Options = EventSourcedAnalytics.EventLog.Protocol.Streams.ReadReq.Types.Options;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary>
/// Catch-up subscriptions: confirmation, what is there, caught up, then what comes. A client that reads slowly slows this call down by
/// HTTP/2's flow control; it goes on from the log, so nothing has to be held for it.
/// </summary>
internal sealed class SubscriptionHandler(EmbeddedEventLog log)
{
    public async Task HandleAsync(GrpcServerCall call, Options options)
    {
        var confirmation = new ReadResp.Types.SubscriptionConfirmation { SubscriptionId = Guid.NewGuid().ToString("D") };
        if (options.StreamOptionCase == Options.StreamOptionOneofCase.Stream)
        {
            var stream = NodeWire.StreamName(options.Stream.StreamIdentifier);
            var next = FirstOf(options.Stream, log.StatusOf(stream));
            call.Write(new ReadResp { Confirmation = confirmation });
            await FollowStreamAsync(call, stream, next, ReadHandler.UuidAsString(options)).ConfigureAwait(false);
        }
        else
        {
            var filter = NodeFilter.From(options);
            var head = (await log.GetHeadAsync(call.Cancelled).ConfigureAwait(false))?.Commit ?? 0;
            var after = options.All.AllOptionCase switch
            {
                Options.Types.AllOptions.AllOptionOneofCase.Position => (long)Math.Min(options.All.Position.CommitPosition, long.MaxValue),
                Options.Types.AllOptions.AllOptionOneofCase.Start => 0,
                Options.Types.AllOptions.AllOptionOneofCase.End => head,
                _ => throw NodeErrors.InvalidCombination(options.All.AllOptionCase),
            };
            call.Write(new ReadResp { Confirmation = confirmation });
            await FollowAllAsync(call, after, filter, ReadHandler.UuidAsString(options)).ConfigureAwait(false);
        }
    }

    private static long FirstOf(Options.Types.StreamOptions options, StreamStatus status) => options.RevisionOptionCase switch
    {
        Options.Types.StreamOptions.RevisionOptionOneofCase.Revision => (long)Math.Min(options.Revision, long.MaxValue - 1) + 1,
        Options.Types.StreamOptions.RevisionOptionOneofCase.Start => 0,
        Options.Types.StreamOptions.RevisionOptionOneofCase.End => status.Last + 1,
        _ => throw NodeErrors.InvalidCombination(options.RevisionOptionCase),
    };

    private async Task FollowStreamAsync(GrpcServerCall call, string stream, long next, bool uuidAsString)
    {
        var isLive = false;
        while (true)
        {
            var seen = (await log.GetHeadAsync(call.Cancelled).ConfigureAwait(false))?.Commit ?? 0;
            var status = log.StatusOf(stream);
            if (status.Tombstoned) throw NodeErrors.StreamDeleted(stream);
            while (status.Exists && next <= status.Last)
            {
                var page = await log.ReadStreamAsync(stream, ReadDirection.Forwards, next, NodeLimits.PageEvents, call.Cancelled).ConfigureAwait(false);
                foreach (var e in page.Events) call.Write(new EventMessage(e, uuidAsString));
                await call.FlushAsync().ConfigureAwait(false);
                next = page.Events.Count > 0 ? page.Events[^1].Revision + 1 : status.Last + 1;
                if (page.IsEnd) break;
            }
            if (status.Exists && !isLive)
            {
                call.Write(new ReadResp { CaughtUp = new ReadResp.Types.CaughtUp() });
                isLive = true;
            }
            await call.FlushAsync().ConfigureAwait(false);
            await log.WaitBeyondAsync(seen, call.Cancelled).ConfigureAwait(false);
        }
    }

    private async Task FollowAllAsync(GrpcServerCall call, long after, NodeFilter filter, bool uuidAsString)
    {
        var isLive = false;
        long considered = 0;
        await call.FlushAsync().ConfigureAwait(false);
        while (true)
        {
            var maxScanned = filter.CheckpointInterval > 0 ? filter.CheckpointInterval - considered : NodeLimits.PageEvents;
            var page = await log.ScanAsync(after, NodeLimits.PageEvents, maxScanned, filter.Streams, call.Cancelled).ConfigureAwait(false);
            foreach (var e in page.Events)
                if (filter.Matches(e)) call.Write(new EventMessage(e, uuidAsString));
            var position = page.LastPosition?.Commit ?? after;
            considered += position - after;
            after = position;
            if (filter.CheckpointInterval > 0 && considered >= filter.CheckpointInterval)
            {
                call.Write(new ReadResp { Checkpoint = new ReadResp.Types.Checkpoint { CommitPosition = (ulong)after, PreparePosition = (ulong)after } });
                considered = 0;
            }
            if (page.IsHead && !isLive)
            {
                call.Write(new ReadResp { CaughtUp = new ReadResp.Types.CaughtUp() });
                isLive = true;
            }
            await call.FlushAsync().ConfigureAwait(false);
            if (page.IsHead) await log.WaitBeyondAsync(after, call.Cancelled).ConfigureAwait(false);
        }
    }
}
