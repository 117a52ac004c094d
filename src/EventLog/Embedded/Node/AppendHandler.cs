using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Streams;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary><c>Append</c>: options, then events, then one answer. A conflict is part of the answer, not an error.</summary>
internal sealed class AppendHandler(EmbeddedEventLog log)
{
    public async Task HandleAsync(GrpcServerCall call)
    {
        var first = await call.ReadAsync(AppendReq.Parser).ConfigureAwait(false);
        var options = first?.Options ?? throw new RpcException(StatusCode.InvalidArgument, "The first message must hold the options.");
        var stream = NodeWire.StreamName(options.StreamIdentifier);
        var expected = options.ExpectedStreamRevisionCase switch
        {
            AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.Revision => NodeWire.Expected(options.Revision),
            AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.NoStream => ExpectedRevision.NoStream,
            AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.Any => ExpectedRevision.Any,
            AppendReq.Types.Options.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedRevision.StreamExists,
            _ => throw NodeErrors.InvalidCombination("expected_stream_revision"),
        };
        var events = new List<EventToAppend>();
        long bytes = 0;
        while (await call.ReadAsync(AppendReq.Parser).ConfigureAwait(false) is { } next)
        {
            var message = next.ProposedMessage ?? throw new RpcException(StatusCode.InvalidArgument, "Only proposed messages may follow the options.");
            bytes += message.Data.Length;
            if (bytes > Limits.MaxAppendBytes) throw NodeErrors.MaximumAppendSizeExceeded(Limits.MaxAppendBytes);
            events.Add(NodeWire.ToEvent(message.Id, message.Metadata, message.CustomMetadata, message.Data));
        }
        var written = await log.EnqueueAsync(new StreamAppend(stream, expected, events), CallKind.Append, call.Cancelled).ConfigureAwait(false);
        call.Write(ToResponse(stream, expected, (await written.ConfigureAwait(false))[0], events.Count));
    }

    private static AppendResp ToResponse(string stream, ExpectedRevision expected, AppendResult result, int count) => result switch
    {
        AppendResult.Appended appended => new AppendResp { Success = ToSuccess(appended, count) },
        AppendResult.WrongExpectedRevision wrong => new AppendResp { WrongExpectedVersion = ToConflict(expected, wrong.ActualRevision) },
        AppendResult.StreamDeleted => throw NodeErrors.StreamDeleted(stream),
        AppendResult.TooLarge tooLarge => throw NodeErrors.MaximumAppendSizeExceeded(tooLarge.MaxBytes),
        AppendResult.Failed failed => throw NodeErrors.Unavailable(failed.Reason),
        _ => throw new InvalidOperationException(result.ToString()),
    };

    private static AppendResp.Types.Success ToSuccess(AppendResult.Appended appended, int count)
    {
        var success = new AppendResp.Types.Success();
        if (appended.Revision < 0) success.NoStream = NodeWire.Empty;
        else success.CurrentRevision = (ulong)appended.Revision;
        var position = (ulong)appended.Position.Commit;
        if (count == 0) success.NoPosition = NodeWire.Empty;
        else success.Position = new AppendResp.Types.Position { CommitPosition = position, PreparePosition = position };
        return success;
    }

    /// <summary>Fills both the fields of today and those that clients before 20.6.1 read.</summary>
    private static AppendResp.Types.WrongExpectedVersion ToConflict(ExpectedRevision expected, long? actual)
    {
        var conflict = new AppendResp.Types.WrongExpectedVersion();
        if (actual is { } revision)
            (conflict.CurrentRevision, conflict.CurrentRevision2060) = ((ulong)revision, (ulong)revision);
        else
            (conflict.CurrentNoStream, conflict.NoStream2060) = (NodeWire.Empty, NodeWire.Empty);
        if (expected == ExpectedRevision.Any)
            (conflict.ExpectedAny, conflict.Any2060) = (NodeWire.Empty, NodeWire.Empty);
        else if (expected == ExpectedRevision.StreamExists)
            (conflict.ExpectedStreamExists, conflict.StreamExists2060) = (NodeWire.Empty, NodeWire.Empty);
        else if (expected == ExpectedRevision.NoStream)
            (conflict.ExpectedNoStream, conflict.ExpectedRevision2060) = (NodeWire.Empty, ulong.MaxValue);
        else
            (conflict.ExpectedRevision, conflict.ExpectedRevision2060) = ((ulong)expected.ToInt64(), (ulong)expected.ToInt64());
        return conflict;
    }
}
