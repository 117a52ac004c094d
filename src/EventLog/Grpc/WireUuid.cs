using System.Buffers.Binary;
using EventSourcedAnalytics.EventLog.Protocol.Shared;

namespace EventSourcedAnalytics.EventLog.Grpc;

/// <summary>The protocol's UUIDs: two big-endian halves of the canonical text form, or that text.</summary>
internal static class WireUuid
{
    public static UUID Structured(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return new UUID
        {
            Structured = new UUID.Types.Structured
            {
                MostSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes),
                LeastSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            },
        };
    }

    /// <returns>The empty id if there is none.</returns>
    public static Guid ToGuid(UUID uuid)
    {
        if (uuid.ValueCase == UUID.ValueOneofCase.String) return Guid.Parse(uuid.String);
        if (uuid.ValueCase != UUID.ValueOneofCase.Structured) return Guid.Empty;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, uuid.Structured.MostSignificantBits);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], uuid.Structured.LeastSignificantBits);
        return new Guid(bytes, bigEndian: true);
    }
}
