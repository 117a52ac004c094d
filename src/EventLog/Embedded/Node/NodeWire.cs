using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary>Between the protocol's messages and the log's own types.</summary>
internal static class NodeWire
{
    public static readonly Empty Empty = new();

    private const string TypeKey = "type", ContentTypeKey = "content-type";
    private const string Json = "application/json";

    public static string StreamName(StreamIdentifier? identifier)
    {
        var name = identifier?.StreamName.ToStringUtf8();
        return string.IsNullOrEmpty(name) ? throw new ArgumentException("The stream's name must not be empty.") : name;
    }

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

    public static ExpectedRevision Expected(ulong revision) => ExpectedRevision.At((long)Math.Min(revision, long.MaxValue));
}
