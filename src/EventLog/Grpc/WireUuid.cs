using System.Buffers.Binary;
using EventSourcedAnalytics.EventLog.Protocol.Shared;

namespace EventSourcedAnalytics.EventLog.Grpc;

/// <summary>The protocol's UUIDs: two big-endian halves of the canonical text form, or that text.</summary>
internal static class WireUuid
{
    private const byte StructuredTag = 0x0a, HighTag = 0x08, LowTag = 0x10;

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

    /// <summary>Bytes of an id in its structured form, without its tag and length.</summary>
    public static int SizeOf(Guid id) => WireWriter.SizeOf(HalvesSize(Halves(id)));

    /// <summary>Writes an id in its structured form.</summary>
    public static void Write(ref WireWriter writer, byte tag, Guid id)
    {
        var halves = Halves(id);
        var size = HalvesSize(halves);
        writer.Begin(tag, WireWriter.SizeOf(size));
        writer.Begin(StructuredTag, size);
        writer.Number(HighTag, halves.High);
        writer.Number(LowTag, halves.Low);
    }

    private static int HalvesSize((ulong High, ulong Low) id) => 2 + WireWriter.VarintSize(id.High) + WireWriter.VarintSize(id.Low);

    private static (ulong High, ulong Low) Halves(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }
}
