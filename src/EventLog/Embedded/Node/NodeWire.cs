using System.Globalization;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary>Between the protocol's messages and the log's own types.</summary>
internal static class NodeWire
{
    public static readonly Empty Empty = new();

    private const string TypeKey = "type", ContentTypeKey = "content-type", CreatedKey = "created";
    private const string Json = "application/json", OctetStream = "application/octet-stream";

    public static string StreamName(StreamIdentifier? identifier)
    {
        var name = identifier?.StreamName.ToStringUtf8();
        return string.IsNullOrEmpty(name) ? throw new ArgumentException("The stream's name must not be empty.") : name;
    }

    public static StreamIdentifier ToIdentifier(string stream) => new() { StreamName = ByteString.CopyFromUtf8(stream) };

    /// <exception cref="RpcException">The required metadata are missing.</exception>
    /// <exception cref="ArgumentException">The id is missing.</exception>
    public static EventToAppend ToEvent(UUID? id, MapField<string, string> metadata, ByteString customMetadata, ByteString data)
    {
        if (!metadata.TryGetValue(TypeKey, out var type)) throw NodeErrors.MissingMetadata(TypeKey);
        if (!metadata.TryGetValue(ContentTypeKey, out var contentType)) throw NodeErrors.MissingMetadata(ContentTypeKey);
        var eventId = id is null ? Guid.Empty : WireUuid.ToGuid(id);
        if (eventId == Guid.Empty) throw new ArgumentException("An event's id must not be empty.");
        return new EventToAppend(eventId, type, data.Memory, customMetadata.Memory) { IsJson = contentType == Json };
    }

    public static ReadResp.Types.ReadEvent ToWire(RecordedEvent e, bool uuidAsString)
    {
        var position = (ulong)e.Position.Commit;
        var recorded = new ReadResp.Types.ReadEvent.Types.RecordedEvent
        {
            Id = uuidAsString ? new UUID { String = e.EventId.ToString("D") } : WireUuid.Structured(e.EventId),
            StreamIdentifier = ToIdentifier(e.Stream),
            StreamRevision = (ulong)e.Revision,
            PreparePosition = position,
            CommitPosition = position,
            Data = UnsafeByteOperations.UnsafeWrap(e.Data),
            CustomMetadata = UnsafeByteOperations.UnsafeWrap(e.Metadata),
        };
        recorded.Metadata.Add(TypeKey, e.Type);
        recorded.Metadata.Add(CreatedKey, (e.Created.UtcTicks - DateTime.UnixEpoch.Ticks).ToString(CultureInfo.InvariantCulture));
        recorded.Metadata.Add(ContentTypeKey, e.IsJson ? Json : OctetStream);
        return new ReadResp.Types.ReadEvent { Event = recorded, CommitPosition = position };
    }

    public static ExpectedRevision Expected(ulong revision) => ExpectedRevision.At((long)Math.Min(revision, long.MaxValue));
}
