using System.Collections.Concurrent;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Rpc;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProtocolEmpty = Google.Protobuf.WellKnownTypes.Empty;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>
/// Appends over one running <c>BatchAppend</c> call, many in flight at once. When the call breaks, what waits is answered with
/// <see cref="AppendResult.Failed"/> - it may have been written or not - and the next append opens a new call.
/// </summary>
internal sealed class BatchAppender(EventStoreClient client) : IAsyncDisposable
{
    /// <summary>The answer to an append that a follower refused: surely not written, to be sent again to the leader.</summary>
    public static readonly AppendResult NotLeader = new AppendResult.Failed("The node is not the leader of its cluster.");

    private readonly SemaphoreSlim places = new(EventStoreLimits.AppendsInFlight);
    private readonly SemaphoreSlim sending = new(1);
    private readonly CancellationTokenSource closed = new();
    private Connection? connection;

    /// <summary>Sends appends one behind the other, so that those to one stream keep their order; the tasks end when they are answered.</summary>
    public async Task<Task<AppendResult>[]> SendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        var answers = new Task<AppendResult>[appends.Count];
        await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var unsent = new List<IMessage>();
            for (var i = 0; i < appends.Count; i++)
            {
                if (!places.Wait(0, CancellationToken.None))
                {
                    await FlushAsync(unsent, cancellationToken).ConfigureAwait(false);
                    await places.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                var current = await ConnectAsync(cancellationToken).ConfigureAwait(false);
                answers[i] = AnswerAsync(current.Expect(appends[i], unsent));
                if (unsent.Count >= 64) await FlushAsync(unsent, cancellationToken).ConfigureAwait(false);
            }
            await FlushAsync(unsent, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            sending.Release();
        }
        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync().ConfigureAwait(false);
        connection?.Fail(new RpcException(StatusCode.Cancelled, "The log has been closed."));
        closed.Dispose();
    }

    private async Task<AppendResult> AnswerAsync(Task<AppendResult> answer)
    {
        try
        {
            return await answer.WaitAsync(client.Settings.DefaultDeadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new AppendResult.Failed($"The event store did not answer within {client.Settings.DefaultDeadline.TotalSeconds:0.#} s.");
        }
        finally
        {
            places.Release();
        }
    }

    private async Task FlushAsync(List<IMessage> unsent, CancellationToken cancellationToken)
    {
        if (unsent.Count == 0 || connection is not { } current) return;
        try
        {
            await current.WriteAsync(unsent, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or IOException or HttpRequestException or ObjectDisposedException or InvalidOperationException)
        {
            // The call itself knows better why it ended.
            await Task.WhenAny(current.Received, Task.Delay(EventStoreLimits.LastWords, CancellationToken.None)).ConfigureAwait(false);
            current.Fail(e);
        }
        unsent.Clear();
    }

    private async ValueTask<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (connection is { IsBroken: false } running) return running;
        var channel = await client.Nodes.GetAsync(cancellationToken).ConfigureAwait(false);
        return connection = new Connection(client, channel, closed.Token);
    }

    /// <summary>One running call.</summary>
    private sealed class Connection
    {
        private readonly ConcurrentDictionary<Guid, (TaskCompletionSource<AppendResult> Answer, StreamAppend Append)> waiting = new();
        private readonly StreamingContent content = new();
        private readonly CancellationTokenSource ended;
        private readonly EventStoreClient client;
        private volatile Exception? failure;

        public Connection(EventStoreClient client, GrpcChannel channel, CancellationToken closed)
        {
            this.client = client;
            ended = CancellationTokenSource.CreateLinkedTokenSource(closed);
            Received = ReceiveAsync(channel, ended.Token);
        }

        public bool IsBroken => failure is not null;

        /// <summary>Completes, never with an error, when the call has ended.</summary>
        public Task Received { get; }

        public Task<AppendResult> Expect(StreamAppend append, List<IMessage> messages)
        {
            var correlation = Guid.NewGuid();
            var answer = new TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting[correlation] = (answer, append);
            AddMessages(WireUuid.Structured(correlation), append, messages);
            if (failure is { } known) Fail(known);
            return answer.Task;
        }

        public Task WriteAsync(List<IMessage> messages, CancellationToken cancellationToken) => content.WriteAsync(messages, cancellationToken);

        public void Fail(Exception reason)
        {
            failure ??= reason;
            foreach (var correlation in waiting.Keys)
                if (waiting.TryRemove(correlation, out var lost)) lost.Answer.TrySetResult(IsNotLeader(reason) ? NotLeader : new AppendResult.Failed(reason.Message));
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

        private static bool IsNotLeader(Exception reason) => reason is RpcException rpc && rpc.Trailers.GetValueOrDefault("exception") == "not-leader";

        private async Task ReceiveAsync(GrpcChannel channel, CancellationToken cancellationToken)
        {
            try
            {
                await using var call = await channel.StartAsync("/event_store.client.streams.Streams/BatchAppend", content, BatchAppendResp.Parser,
                    client.Nodes.Headers, null, cancellationToken).ConfigureAwait(false);
                while (await call.ReadAsync(cancellationToken).ConfigureAwait(false) is { } response)
                    if (waiting.TryRemove(WireUuid.ToGuid(response.CorrelationId), out var answered)) answered.Answer.TrySetResult(ToResult(response, answered.Append));
                Fail(new RpcException(StatusCode.Unavailable, "The event store ended the call."));
            }
            catch (Exception e)
            {
                if (e is RpcException rpc) client.Nodes.Report(channel, rpc);
                Fail(e);
            }
            finally
            {
                ended.Dispose();
                content.Dispose();
            }
        }

        private void AddMessages(UUID correlation, StreamAppend append, List<IMessage> messages)
        {
            var options = new BatchAppendReq.Types.Options { StreamIdentifier = ClientWire.Identifier(append.Stream), Deadline = Duration.FromTimeSpan(client.Settings.DefaultDeadline) };
            if (append.Expected == ExpectedRevision.Any) options.Any = new ProtocolEmpty();
            else if (append.Expected == ExpectedRevision.NoStream) options.NoStream = new ProtocolEmpty();
            else if (append.Expected == ExpectedRevision.StreamExists) options.StreamExists = new ProtocolEmpty();
            else options.StreamPosition = (ulong)append.Expected.ToInt64();
            var message = new BatchAppendReq { CorrelationId = correlation, Options = options };
            var bytes = 0;
            foreach (var e in append.Events)
            {
                if (bytes > 0 && bytes + e.Data.Length + e.Metadata.Length > EventStoreLimits.BatchMessageBytes)
                {
                    messages.Add(message);
                    message = new BatchAppendReq { CorrelationId = correlation };
                    bytes = 0;
                }
                message.ProposedMessages.Add(ClientWire.ToBatchProposed(e));
                bytes += e.Data.Length + e.Metadata.Length;
            }
            message.IsFinal = true;
            messages.Add(message);
        }

        private static AppendResult ToResult(BatchAppendResp response, StreamAppend append)
        {
            if (response.Success is { } success)
            {
                var position = success.Position is { } p ? new LogPosition((long)p.CommitPosition, (long)p.PreparePosition) : default;
                return new AppendResult.Appended(success.NoStream is null ? (long)success.CurrentRevision : -1, position);
            }
            var error = response.Error ?? new Status { Message = "an answer without a result" };
            if (error.Details?.TryUnpack<WrongExpectedVersion>(out var wrong) == true)
                return new AppendResult.WrongExpectedRevision(wrong.CurrentNoStream is null ? (long)wrong.CurrentStreamRevision : null);
            if (error.Details?.Is(StreamDeleted.Descriptor) == true) return new AppendResult.StreamDeleted();
            if (error.Details?.TryUnpack<MaximumAppendSizeExceeded>(out var size) == true) return new AppendResult.TooLarge((int)size.MaxAppendSize);
            return new AppendResult.Failed($"The event store refused the append to {append.Stream}: {error.Code} {error.Message}");
        }
    }
}
