using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Rpc;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using EventSourcedAnalytics.EventLog.Protocol.Streams;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>One running <c>BatchAppend</c> call: correlations out, results back in any order.</summary>
internal sealed class BatchCall
{
    private readonly ConcurrentDictionary<Guid, PendingAppend> waiting = new();
    private readonly long name = Random.Shared.NextInt64();
    private long correlations;
    private readonly StreamingContent content = new();
    private readonly CancellationTokenSource ended;
    private readonly EventStoreClient client;
    private readonly double deadlineSeconds;
    private readonly Task received;
    private volatile Exception? failure;

    public BatchCall(EventStoreClient client, GrpcChannel channel, CancellationToken closed)
    {
        this.client = client;
        var asked = client.Settings.DefaultDeadline;
        deadlineSeconds = (asked == System.Threading.Timeout.InfiniteTimeSpan || asked > EventStoreLimits.LongestDeadline ? EventStoreLimits.LongestDeadline : asked).TotalSeconds;
        ended = CancellationTokenSource.CreateLinkedTokenSource(closed);
        received = ReceiveAsync(channel, ended.Token);
    }

    public bool IsBroken => failure is not null;

    public bool IsUnimplemented => failure is RpcException { StatusCode: StatusCode.Unimplemented };

    public Exception? Denied => failure is RpcException rpc && rpc.IsAccessDenied() ? rpc : null;

    /// <summary>How long the oldest append on this call has been waiting.</summary>
    public TimeSpan LongestWait => waiting.IsEmpty ? TimeSpan.Zero : waiting.Values.Select(pending => Stopwatch.GetElapsedTime(pending.SentAt)).DefaultIfEmpty().Max();

    /// <summary>Expects an answer for an append and adds its messages to those that will be written.</summary>
    public void Add(PendingAppend pending, List<BatchMessage> messages)
    {
        var correlation = NextCorrelation();
        pending.SentAt = Stopwatch.GetTimestamp();
        waiting[correlation] = pending;
        AddMessages(correlation, pending.Append, messages);
        if (failure is { } known) End(known);
    }

    public async Task WriteAsync(List<BatchMessage> messages)
    {
        try
        {
            await content.WriteAsync(messages, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or IOException or HttpRequestException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // The call itself knows better why it ended.
            await Task.WhenAny(received, Task.Delay(EventStoreLimits.LastWords, CancellationToken.None)).ConfigureAwait(false);
            End(e);
        }
    }

    /// <summary>Cancels the call and answers what waits; the first reason counts.</summary>
    public void End(Exception reason)
    {
        reason = Interlocked.CompareExchange(ref failure, reason, null) ?? reason;
        foreach (var correlation in waiting.Keys)
            if (waiting.TryRemove(correlation, out var lost)) lost.Answer(new AppendResult.Failed(reason.Message), FateAfter(reason));
        content.End();
        try
        {
            ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call has ended by itself at the same time.
        }
    }

    private static Fate FateAfter(Exception reason) =>
        reason is RpcException rpc && (rpc.IsNotTaken() || rpc.StatusCode == StatusCode.Unimplemented || rpc.IsAccessDenied()) ? Fate.NotTaken : Fate.Unknown;

    private async Task ReceiveAsync(GrpcChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            await using var call = await channel.StartAsync("/event_store.client.streams.Streams/BatchAppend", content, BatchAppendResp.Parser,
                client.Nodes.Headers, null, cancellationToken).ConfigureAwait(false);
            while (await call.ReadAsync(cancellationToken).ConfigureAwait(false) is { } response)
                if (response.CorrelationId is { } id && waiting.TryRemove(WireUuid.ToGuid(id), out var pending)) Answer(pending, response);
            End(new RpcException(StatusCode.Unavailable, "The event store ended the call."));
        }
        catch (Exception e)
        {
            if (e is RpcException rpc) client.Nodes.Report(channel, rpc);
            End(e);
        }
        finally
        {
            ended.Dispose();
            content.Dispose();
        }
    }

    // They only have to differ; asking the system for each costs as much as all else that is done for an append. One sender adds, one behind the other.
    private Guid NextCorrelation()
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, name);
        BinaryPrimitives.WriteInt64BigEndian(id[8..], ++correlations);
        return new Guid(id, bigEndian: true);
    }

    private void AddMessages(Guid correlation, StreamAppend append, List<BatchMessage> messages)
    {
        var (first, bytes) = (0, 0);
        for (var i = 0; i < append.Events.Count; i++)
        {
            var size = append.Events[i].Data.Length + append.Events[i].Metadata.Length;
            if (bytes > 0 && bytes + size > EventStoreLimits.BatchMessageBytes)
            {
                messages.Add(new BatchMessage(correlation, append, first, i - first, deadlineSeconds));
                (first, bytes) = (i, 0);
            }
            bytes += size;
        }
        messages.Add(new BatchMessage(correlation, append, first, append.Events.Count - first, deadlineSeconds));
    }

    private static void Answer(PendingAppend pending, BatchAppendResp response)
    {
        if (response.Success is { } success)
        {
            var position = success.Position is { } p ? new LogPosition((long)p.CommitPosition, (long)p.PreparePosition) : default;
            pending.Answer(new AppendResult.Appended(success.NoStream is null ? (long)success.CurrentRevision : -1, position), Fate.Decided);
            return;
        }
        var error = response.Error ?? new Status { Message = "an answer without a result" };
        if (error.Details?.TryUnpack<WrongExpectedVersion>(out var wrong) == true)
            pending.Answer(new AppendResult.WrongExpectedRevision(wrong.CurrentNoStream is null ? (long)wrong.CurrentStreamRevision : null), Fate.Decided);
        else if (error.Details?.Is(StreamDeleted.Descriptor) == true)
            pending.Answer(new AppendResult.StreamDeleted(), Fate.Decided);
        else if (error.Details?.TryUnpack<MaximumAppendSizeExceeded>(out var size) == true)
            pending.Answer(new AppendResult.TooLarge((int)size.MaxAppendSize), Fate.Decided);
        else if (error.Details?.TryUnpack<MaximumAppendEventSizeExceeded>(out var eventSize) == true)
            pending.Answer(new AppendResult.TooLarge((int)eventSize.MaxAppendEventSize), Fate.Decided);
        else if (error.Details?.Is(AccessDenied.Descriptor) == true)
            pending.Answer(new AppendResult.Failed($"The event store denies this user to append to {pending.Append.Stream}."), Fate.Decided);
        else
            pending.Answer(new AppendResult.Failed($"The event store refused the append to {pending.Append.Stream}: {error.Code} {error.Message}"), FateOf(error));
    }

    /// <summary>A server that is not ready or too busy did nothing; one that ran out of time may have written.</summary>
    private static Fate FateOf(Status error) => error.Code switch
    {
        Code.Unavailable => Fate.NotTaken,
        Code.DeadlineExceeded => Fate.Unknown,
        _ => Fate.Decided,
    };
}
