using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Streams;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary><c>Delete</c> (until something is appended) and <c>Tombstone</c> (for good). Here a conflict is an error.</summary>
internal sealed class DeleteHandler(EmbeddedEventLog log)
{
    public async Task DeleteAsync(GrpcServerCall call)
    {
        var options = (await call.ReadAsync(DeleteReq.Parser).ConfigureAwait(false))?.Options ?? new DeleteReq.Types.Options();
        var expected = options.ExpectedStreamRevisionCase switch
        {
            DeleteReq.Types.Options.ExpectedStreamRevisionOneofCase.Revision => NodeWire.Expected(options.Revision),
            DeleteReq.Types.Options.ExpectedStreamRevisionOneofCase.NoStream => ExpectedRevision.NoStream,
            DeleteReq.Types.Options.ExpectedStreamRevisionOneofCase.Any => ExpectedRevision.Any,
            DeleteReq.Types.Options.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedRevision.StreamExists,
            _ => throw NodeErrors.InvalidCombination("expected_stream_revision"),
        };
        var position = await RunAsync(call, NodeWire.StreamName(options.StreamIdentifier), expected, CallKind.Delete).ConfigureAwait(false);
        call.Write(new DeleteResp { Position = new DeleteResp.Types.Position { CommitPosition = position, PreparePosition = position } });
    }

    public async Task TombstoneAsync(GrpcServerCall call)
    {
        var options = (await call.ReadAsync(TombstoneReq.Parser).ConfigureAwait(false))?.Options ?? new TombstoneReq.Types.Options();
        var expected = options.ExpectedStreamRevisionCase switch
        {
            TombstoneReq.Types.Options.ExpectedStreamRevisionOneofCase.Revision => NodeWire.Expected(options.Revision),
            TombstoneReq.Types.Options.ExpectedStreamRevisionOneofCase.NoStream => ExpectedRevision.NoStream,
            TombstoneReq.Types.Options.ExpectedStreamRevisionOneofCase.Any => ExpectedRevision.Any,
            TombstoneReq.Types.Options.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedRevision.StreamExists,
            _ => throw NodeErrors.InvalidCombination("expected_stream_revision"),
        };
        var position = await RunAsync(call, NodeWire.StreamName(options.StreamIdentifier), expected, CallKind.Tombstone).ConfigureAwait(false);
        call.Write(new TombstoneResp { Position = new TombstoneResp.Types.Position { CommitPosition = position, PreparePosition = position } });
    }

    private async Task<ulong> RunAsync(GrpcServerCall call, string stream, ExpectedRevision expected, CallKind kind)
    {
        var written = await log.EnqueueAsync(new StreamAppend(stream, expected, []), kind, call.Cancelled).ConfigureAwait(false);
        return (await written.ConfigureAwait(false))[0] switch
        {
            AppendResult.Appended appended => (ulong)appended.Position.Commit,
            AppendResult.WrongExpectedRevision wrong => throw NodeErrors.WrongExpectedVersion(stream, expected.ToInt64(), wrong.ActualRevision ?? -1),
            AppendResult.StreamDeleted => throw NodeErrors.StreamDeleted(stream),
            AppendResult.Failed failed => throw NodeErrors.Unavailable(failed.Reason),
            var other => throw new InvalidOperationException(other.ToString()),
        };
    }
}
