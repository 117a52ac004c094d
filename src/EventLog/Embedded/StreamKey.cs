using System.Buffers.Binary;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>What the index holds instead of a stream's name: 128 bits, made by the log's <see cref="StreamHasher"/>.</summary>
internal readonly record struct StreamKey(ulong High, ulong Low)
{
    public const int Bytes = 16;

    public static StreamKey Read(ReadOnlySpan<byte> from) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(from), BinaryPrimitives.ReadUInt64LittleEndian(from[8..]));

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, High);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Low);
    }

    public override int GetHashCode() => (int)Low;
}
