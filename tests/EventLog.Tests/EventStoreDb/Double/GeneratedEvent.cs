using System.Globalization;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Google.Protobuf;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb.Double;

/// <summary>An event as the generated classes have it.</summary>
internal static class GeneratedEvent
{
    public static ReadResp.Types.ReadEvent Of(RecordedEvent e, bool uuidAsString)
    {
        var position = (ulong)e.Position.Commit;
        var recorded = new ReadResp.Types.ReadEvent.Types.RecordedEvent
        {
            Id = uuidAsString ? new UUID { String = e.EventId.ToString("D") } : WireUuid.Structured(e.EventId),
            StreamIdentifier = new StreamIdentifier { StreamName = ByteString.CopyFromUtf8(e.Stream) },
            StreamRevision = (ulong)e.Revision,
            PreparePosition = position,
            CommitPosition = position,
            Data = UnsafeByteOperations.UnsafeWrap(e.Data),
            CustomMetadata = UnsafeByteOperations.UnsafeWrap(e.Metadata),
        };
        recorded.Metadata.Add("type", e.Type);
        recorded.Metadata.Add("created", (e.Created.UtcTicks - DateTime.UnixEpoch.Ticks).ToString(CultureInfo.InvariantCulture));
        recorded.Metadata.Add("content-type", e.IsJson ? "application/json" : "application/octet-stream");
        return new ReadResp.Types.ReadEvent { Event = recorded, CommitPosition = position };
    }
}
