using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Options = EventSourcedAnalytics.EventLog.Protocol.Streams.ReadReq.Types.Options;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary><c>Read</c>: reads that end, of a stream or of all, either way. Subscriptions go to <see cref="SubscriptionHandler"/>.</summary>
internal sealed class ReadHandler(EmbeddedEventLog log)
{
    private static readonly StreamFilter Everything = StreamFilter.ByPrefix("");

    private readonly SubscriptionHandler subscriptions = new(log);

    public async Task HandleAsync(GrpcServerCall call)
    {
        var options = (await call.ReadAsync(ReadReq.Parser).ConfigureAwait(false))?.Options ?? new Options();
        CheckCombination(options);
        if (options.CountOptionCase == Options.CountOptionOneofCase.Subscription)
        {
            await subscriptions.HandleAsync(call, options).ConfigureAwait(false);
        }
        else if (options.StreamOptionCase == Options.StreamOptionOneofCase.Stream)
        {
            if (options.Count == 0) throw new RpcException(StatusCode.Unknown, "Unexpected ReadStreamResult: Error");
            await ReadStreamAsync(call, options).ConfigureAwait(false);
        }
        else
        {
            if (options.Count == 0) throw new RpcException(StatusCode.Unknown, "Unexpected ReadAllResult: Error");
            await ReadAllAsync(call, options).ConfigureAwait(false);
        }
    }

    private static void CheckCombination(Options options)
    {
        var isSubscription = options.CountOptionCase == Options.CountOptionOneofCase.Subscription;
        var isStream = options.StreamOptionCase == Options.StreamOptionOneofCase.Stream;
        var isFiltered = options.FilterOptionCase == Options.FilterOptionOneofCase.Filter;
        var backwards = options.ReadDirection == Options.Types.ReadDirection.Backwards;
        if (options.StreamOptionCase == Options.StreamOptionOneofCase.None || options.CountOptionCase == Options.CountOptionOneofCase.None
            || options.FilterOptionCase == Options.FilterOptionOneofCase.None || isStream && isFiltered || isSubscription && backwards)
            throw NodeErrors.InvalidCombination(options.StreamOptionCase, options.CountOptionCase, options.ReadDirection, options.FilterOptionCase);
    }

    private async Task ReadStreamAsync(GrpcServerCall call, Options options)
    {
        var stream = NodeWire.StreamName(options.Stream.StreamIdentifier);
        var status = log.StatusOf(stream);
        if (status.Tombstoned) throw NodeErrors.StreamDeleted(stream);
        if (!status.Exists)
        {
            call.Write(new ReadResp { StreamNotFound = new ReadResp.Types.StreamNotFound { StreamIdentifier = options.Stream.StreamIdentifier } });
            return;
        }
        var forwards = options.ReadDirection == Options.Types.ReadDirection.Forwards;
        var from = options.Stream.RevisionOptionCase switch
        {
            Options.Types.StreamOptions.RevisionOptionOneofCase.Revision => (long)Math.Min(options.Stream.Revision, long.MaxValue),
            Options.Types.StreamOptions.RevisionOptionOneofCase.Start => 0,
            Options.Types.StreamOptions.RevisionOptionOneofCase.End => forwards ? status.Last + 1 : status.Last,
            _ => throw NodeErrors.InvalidCombination(options.Stream.RevisionOptionCase),
        };
        var tellsBounds = options.ControlOption?.Compatibility >= 1;
        if (tellsBounds && forwards && (from > status.Last || status.FirstVisible > from))
            call.Write(new ReadResp { FirstStreamPosition = (ulong)Math.Min(Math.Max(from, status.FirstVisible), status.Last + 1) });
        if (await SendStreamAsync(call, options, stream, forwards, from).ConfigureAwait(false) && tellsBounds)
            call.Write(new ReadResp { LastStreamPosition = (ulong)status.Last });
    }

    /// <returns>Whether the stream's end was reached.</returns>
    private async Task<bool> SendStreamAsync(GrpcServerCall call, Options options, string stream, bool forwards, long from)
    {
        var uuidAsString = UuidAsString(options);
        var left = options.Count;
        while (true)
        {
            var page = await log.ReadStreamAsync(stream, forwards ? ReadDirection.Forwards : ReadDirection.Backwards, from,
                (int)Math.Min(left, NodeLimits.PageEvents), call.Cancelled).ConfigureAwait(false);
            foreach (var e in page.Events) call.Write(new EventMessage(e, uuidAsString));
            left -= (ulong)page.Events.Count;
            if (page.IsEnd) return true;
            if (left == 0) return false;
            await call.FlushAsync().ConfigureAwait(false);
            if (page.Events.Count > 0) from = page.Events[^1].Revision + (forwards ? 1 : -1);
            else from += forwards ? NodeLimits.PageEvents : -NodeLimits.PageEvents;
            if (from < 0) return true;
        }
    }

    private async Task ReadAllAsync(GrpcServerCall call, Options options)
    {
        var head = (await log.GetHeadAsync(call.Cancelled).ConfigureAwait(false))?.Commit ?? 0;
        var forwards = options.ReadDirection == Options.Types.ReadDirection.Forwards;
        var from = options.All.AllOptionCase switch
        {
            Options.Types.AllOptions.AllOptionOneofCase.Position => RecordAt(options.All.Position.CommitPosition, head),
            Options.Types.AllOptions.AllOptionOneofCase.Start => forwards ? 1 : 0,
            Options.Types.AllOptions.AllOptionOneofCase.End => forwards ? head + 1 : head,
            _ => throw NodeErrors.InvalidCombination(options.All.AllOptionCase),
        };
        var filter = NodeFilter.From(options);
        var left = options.Count;
        var uuidAsString = UuidAsString(options);
        while (left > 0 && (forwards ? from <= head : from >= 1))
        {
            var page = forwards
                ? await log.ScanAsync(from - 1, NodeLimits.PageEvents, EmbeddedLimits.ScannedEvents, filter.Streams, call.Cancelled).ConfigureAwait(false)
                : await log.ScanAsync(Math.Max(0, from - NodeLimits.PageEvents), NodeLimits.PageEvents, Math.Min(from, NodeLimits.PageEvents), Everything, call.Cancelled).ConfigureAwait(false);
            foreach (var e in forwards ? page.Events : page.Events.Reverse())
            {
                if (left == 0 || !filter.Streams.Matches(e.Stream) || !filter.Matches(e)) continue;
                call.Write(new EventMessage(e, uuidAsString));
                left--;
            }
            await call.FlushAsync().ConfigureAwait(false);
            from = forwards ? page.LastPosition!.Value.Commit + 1 : from - NodeLimits.PageEvents;
        }
    }

    private static long RecordAt(ulong position, long head)
    {
        if (position == ulong.MaxValue) return head + 1;
        if (position > (ulong)head + 1) throw new RpcException(StatusCode.Unknown, "Unexpected ReadAllResult: Error");
        return Math.Max(1, (long)position);
    }

    internal static bool UuidAsString(Options options) => options.UuidOption?.ContentCase == Options.Types.UUIDOption.ContentOneofCase.String;
}
