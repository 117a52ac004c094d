using System.Threading.Channels;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Rpc;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProtocolEmpty = Google.Protobuf.WellKnownTypes.Empty;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary><c>BatchAppend</c>: many appends on one call, each told apart by its correlation id and answered when it is written.</summary>
internal sealed class BatchAppendHandler(EmbeddedEventLog log)
{
    public async Task HandleAsync(GrpcServerCall call)
    {
        await call.StartAsync().ConfigureAwait(false);
        var answers = Channel.CreateBounded<Decision>(new BoundedChannelOptions(NodeLimits.AppendsInFlight) { SingleReader = true, SingleWriter = true });
        var sending = SendAsync(call, answers.Reader);
        var open = new Dictionary<Guid, Pending>();
        try
        {
            while (await call.ReadAsync(BatchAppendReq.Parser).ConfigureAwait(false) is { } request)
            {
                var correlation = WireUuid.ToGuid(request.CorrelationId ?? new UUID());
                if (request.Options is not null)
                {
                    if (open.Count >= NodeLimits.OpenAppends) throw new RpcException(StatusCode.ResourceExhausted, "Too many appends are open on this call.");
                    open[correlation] = new Pending(request.CorrelationId!, request.Options);
                }
                if (!open.TryGetValue(correlation, out var pending)) continue;
                pending.Add(request.ProposedMessages);
                if (!request.IsFinal) continue;
                open.Remove(correlation);
                await answers.Writer.WriteAsync(await DecideAsync(pending, call.Cancelled).ConfigureAwait(false), call.Cancelled).ConfigureAwait(false);
            }
        }
        finally
        {
            answers.Writer.TryComplete();
        }
        await sending.ConfigureAwait(false);
    }

    // Answers wait for their writes here, one behind the other: most are written together, so that waiting for the first is all the waiting there is.
    private static async Task SendAsync(GrpcServerCall call, ChannelReader<Decision> answers)
    {
        while (await answers.WaitToReadAsync(call.Cancelled).ConfigureAwait(false))
        {
            while (answers.TryRead(out var answer))
            {
                if (!answer.IsKnown) await call.FlushAsync().ConfigureAwait(false);
                call.Write(await answer.ToResponseAsync().ConfigureAwait(false));
            }
            await call.FlushAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<Decision> DecideAsync(Pending pending, CancellationToken cancellationToken) => pending.Refusal() is { } refusal
        ? new Decision(pending, refusal, Written: null)
        : new Decision(pending, Refusal: null, await log.EnqueueAsync(pending.ToAppend(), CallKind.Append, cancellationToken).ConfigureAwait(false));

    private static Status Error(Code code, string message, IMessage details) => new() { Code = code, Message = message, Details = Any.Pack(details) };

    /// <summary>An append that is refused or on its way to the disk.</summary>
    private readonly record struct Decision(Pending Append, Status? Refusal, Task<AppendResult[]>? Written)
    {
        public bool IsKnown => Written?.IsCompleted ?? true;

        public async ValueTask<BatchAppendResp> ToResponseAsync() => Refusal is not null ? Append.Answer(Refusal) : Append.Answer((await Written!.ConfigureAwait(false))[0]);
    }

    /// <summary>An append whose parts are coming in.</summary>
    private sealed class Pending(UUID correlation, BatchAppendReq.Types.Options options)
    {
        private readonly List<EventToAppend> events = [];
        private string? badRequest;
        private long bytes;

        private ExpectedRevision Expected => options.ExpectedStreamPositionCase switch
        {
            BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.StreamPosition => NodeWire.Expected(options.StreamPosition),
            BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.NoStream => ExpectedRevision.NoStream,
            BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.StreamExists => ExpectedRevision.StreamExists,
            _ => ExpectedRevision.Any,
        };

        /// <summary>Takes events in; those of an append that will be refused are not kept.</summary>
        public void Add(IEnumerable<BatchAppendReq.Types.ProposedMessage> messages)
        {
            foreach (var message in messages)
            {
                bytes += message.Data.Length;
                if (bytes > Limits.MaxAppendBytes || badRequest is not null) continue;
                try
                {
                    events.Add(NodeWire.ToEvent(message.Id, message.Metadata, message.CustomMetadata, message.Data));
                }
                catch (Exception e) when (e is RpcException or ArgumentException)
                {
                    badRequest = e is RpcException rpc ? rpc.Detail : e.Message;
                }
            }
        }

        public Status? Refusal()
        {
            if (options.StreamIdentifier is null || options.StreamIdentifier.StreamName.IsEmpty) badRequest ??= "The stream's name is missing.";
            if (badRequest is not null) return Error(Code.InvalidArgument, "BadRequest", new BadRequest { Message = badRequest });
            if (bytes > Limits.MaxAppendBytes)
                return Error(Code.InvalidArgument, "MaximumAppendSizeExceeded", new MaximumAppendSizeExceeded { MaxAppendSize = Limits.MaxAppendBytes });
            return IsLate() ? Error(Code.DeadlineExceeded, "Timeout", new Protocol.Shared.Timeout()) : null;
        }

        public StreamAppend ToAppend() => new(NodeWire.StreamName(options.StreamIdentifier), Expected, events);

        public BatchAppendResp Answer(Status error) => new() { CorrelationId = correlation, StreamIdentifier = options.StreamIdentifier, Error = error };

        public BatchAppendResp Answer(AppendResult result) => result switch
        {
            AppendResult.Appended appended => Success(appended),
            AppendResult.WrongExpectedRevision wrong => Answer(Error(Code.AlreadyExists, "WrongExpectedVersion", Conflict(wrong.ActualRevision))),
            AppendResult.StreamDeleted => Answer(Error(Code.NotFound, "StreamDeleted", new StreamDeleted { StreamIdentifier = options.StreamIdentifier })),
            AppendResult.TooLarge tooLarge => Answer(Error(Code.InvalidArgument, "MaximumAppendSizeExceeded", new MaximumAppendSizeExceeded { MaxAppendSize = (uint)tooLarge.MaxBytes })),
            AppendResult.Failed failed => Answer(Error(Code.Unavailable, failed.Reason, new ProtocolEmpty())),
            var other => throw new InvalidOperationException(other.ToString()),
        };

        private BatchAppendResp Success(AppendResult.Appended appended)
        {
            var success = new BatchAppendResp.Types.Success();
            if (appended.Revision < 0) success.NoStream = new ProtocolEmpty();
            else success.CurrentRevision = (ulong)appended.Revision;
            var position = (ulong)appended.Position.Commit;
            if (events.Count == 0) success.NoPosition = new ProtocolEmpty();
            else success.Position = new AllStreamPosition { CommitPosition = position, PreparePosition = position };
            return new BatchAppendResp { CorrelationId = correlation, StreamIdentifier = options.StreamIdentifier, Success = success };
        }

        private WrongExpectedVersion Conflict(long? actual)
        {
            var conflict = new WrongExpectedVersion();
            if (actual is { } revision) conflict.CurrentStreamRevision = (ulong)revision;
            else conflict.CurrentNoStream = new ProtocolEmpty();
            if (Expected == ExpectedRevision.Any) conflict.ExpectedAny = new ProtocolEmpty();
            else if (Expected == ExpectedRevision.NoStream) conflict.ExpectedNoStream = new ProtocolEmpty();
            else if (Expected == ExpectedRevision.StreamExists) conflict.ExpectedStreamExists = new ProtocolEmpty();
            else conflict.ExpectedStreamPosition = (ulong)Expected.ToInt64();
            return conflict;
        }

        private bool IsLate() => options.DeadlineOptionCase switch
        {
            BatchAppendReq.Types.Options.DeadlineOptionOneofCase.Deadline => options.Deadline.ToTimeSpan() <= TimeSpan.Zero,
            BatchAppendReq.Types.Options.DeadlineOptionOneofCase.Deadline21100 => options.Deadline21100.ToDateTime() <= DateTime.UtcNow,
            _ => false,
        };
    }
}
