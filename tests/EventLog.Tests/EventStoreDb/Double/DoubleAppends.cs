using System.Threading.Channels;
using EventSourcedAnalytics.EventLog.Embedded.Node;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Google.Protobuf.WellKnownTypes;
using Code = EventSourcedAnalytics.EventLog.Protocol.Rpc.Code;
using ProtocolEmpty = Google.Protobuf.WellKnownTypes.Empty;
using Status = EventSourcedAnalytics.EventLog.Protocol.Rpc.Status;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb.Double;

/// <summary>Appends: batch answers come in any order, and a batch call that the client closes on its side is never ended by the server.</summary>
internal sealed class DoubleAppends(ServerDouble server)
{
    public async Task AppendAsync(GrpcServerCall call)
    {
        var options = (await call.ReadAsync(AppendReq.Parser))!.Options;
        var expected = options.ExpectedStreamRevisionCase switch
        {
            AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.Revision => NodeWire.Expected(options.Revision),
            AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.NoStream => ExpectedRevision.NoStream,
            AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedRevision.StreamExists,
            _ => ExpectedRevision.Any,
        };
        var events = new List<EventToAppend>();
        while (await call.ReadAsync(AppendReq.Parser) is { } next)
            events.Add(NodeWire.ToEvent(next.ProposedMessage.Id, next.ProposedMessage.Metadata, next.ProposedMessage.CustomMetadata, next.ProposedMessage.Data));
        switch (server.Store.Append(NodeWire.StreamName(options.StreamIdentifier), expected, events).Result)
        {
            case AppendResult.Appended appended:
                var position = new AppendResp.Types.Position { CommitPosition = (ulong)appended.Position.Commit, PreparePosition = (ulong)appended.Position.Prepare };
                call.Write(new AppendResp { Success = new() { CurrentRevision = (ulong)appended.Revision, Position = position } });
                break;
            case AppendResult.WrongExpectedRevision { ActualRevision: { } actual }:
                call.Write(new AppendResp { WrongExpectedVersion = new() { CurrentRevision = (ulong)actual } });
                break;
            case AppendResult.WrongExpectedRevision:
                call.Write(new AppendResp { WrongExpectedVersion = new() { CurrentNoStream = NodeWire.Empty } });
                break;
            case AppendResult.TooLarge tooLarge:
                throw NodeErrors.MaximumAppendSizeExceeded(tooLarge.MaxBytes);
        }
    }

    public async Task BatchAsync(GrpcServerCall call)
    {
        if (server.HasNoBatchAppend) throw new RpcException(StatusCode.Unimplemented, "Method is unimplemented.");
        await call.StartAsync();
        var answers = Channel.CreateUnbounded<BatchAppendResp>();
        var sending = SendAsync(call, answers.Reader);
        var open = new Dictionary<Guid, (BatchAppendReq.Types.Options Options, List<EventToAppend> Events)>();
        while (await call.ReadAsync(BatchAppendReq.Parser) is { } request)
        {
            var correlation = WireUuid.ToGuid(request.CorrelationId);
            if (request.Options is not null) open[correlation] = (request.Options, []);
            if (!open.TryGetValue(correlation, out var pending)) continue;
            pending.Events.AddRange(request.ProposedMessages.Select(m => NodeWire.ToEvent(m.Id, m.Metadata, m.CustomMetadata, m.Data)));
            if (!request.IsFinal || !open.Remove(correlation)) continue;
            var answer = Answer(request.CorrelationId, pending.Options, pending.Events);
            if (Interlocked.Decrement(ref server.SwallowedAnswers) >= 0) server.Disconnect();
            else answers.Writer.TryWrite(answer);
        }
        await sending;
    }

    private static async Task SendAsync(GrpcServerCall call, ChannelReader<BatchAppendResp> answers)
    {
        while (await answers.WaitToReadAsync(call.Cancelled))
        {
            var ready = new List<BatchAppendResp>();
            while (answers.TryRead(out var answer)) ready.Add(answer);
            foreach (var answer in Enumerable.Reverse(ready)) call.Write(answer);
            await call.FlushAsync();
        }
    }

    private BatchAppendResp Answer(UUID correlation, BatchAppendReq.Types.Options options, List<EventToAppend> events)
    {
        var response = new BatchAppendResp { CorrelationId = correlation, StreamIdentifier = options.StreamIdentifier };
        if (options.Deadline.ToTimeSpan() <= TimeSpan.Zero)
        {
            response.Error = Error(Code.DeadlineExceeded, "Timeout", new Protocol.Shared.Timeout());
            return response;
        }
        var expected = options.ExpectedStreamPositionCase switch
        {
            BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.StreamPosition => NodeWire.Expected(options.StreamPosition),
            BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.NoStream => ExpectedRevision.NoStream,
            BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.StreamExists => ExpectedRevision.StreamExists,
            _ => ExpectedRevision.Any,
        };
        switch (server.Store.Append(options.StreamIdentifier.StreamName.ToStringUtf8(), expected, events).Result)
        {
            case AppendResult.Appended appended:
                var position = new AllStreamPosition { CommitPosition = (ulong)appended.Position.Commit, PreparePosition = (ulong)appended.Position.Prepare };
                response.Success = new() { CurrentRevision = (ulong)appended.Revision, Position = position };
                break;
            case AppendResult.WrongExpectedRevision { ActualRevision: { } actual }:
                response.Error = Error(Code.AlreadyExists, "WrongExpectedVersion", new WrongExpectedVersion { CurrentStreamRevision = (ulong)actual });
                break;
            case AppendResult.WrongExpectedRevision:
                response.Error = Error(Code.AlreadyExists, "WrongExpectedVersion", new WrongExpectedVersion { CurrentNoStream = new ProtocolEmpty() });
                break;
            case AppendResult.TooLarge tooLarge:
                response.Error = Error(Code.InvalidArgument, "MaximumAppendSizeExceeded", new MaximumAppendSizeExceeded { MaxAppendSize = (uint)tooLarge.MaxBytes });
                break;
        }
        return response;
    }

    private static Status Error(Code code, string message, Google.Protobuf.IMessage details) => new() { Code = code, Message = message, Details = Any.Pack(details) };
}
