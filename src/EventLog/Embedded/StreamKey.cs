using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// 128 bits of the SHA-256 of a stream's name: the index holds this instead of the name, at a fixed size and without collisions that
/// anybody could find.
/// </summary>
internal readonly record struct StreamKey(ulong High, ulong Low)
{
    public const int Bytes = 16;

    public static StreamKey Of(string stream)
    {
        Span<byte> utf8 = stackalloc byte[512];
        if (Encoding.UTF8.TryGetBytes(stream, utf8, out var length)) return Of(utf8[..length]);
        return Of(Encoding.UTF8.GetBytes(stream));
    }

    public static StreamKey Of(ReadOnlySpan<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        return Read(hash);
    }

    public static StreamKey Read(ReadOnlySpan<byte> from) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(from), BinaryPrimitives.ReadUInt64LittleEndian(from[8..]));

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, High);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Low);
    }

    public override int GetHashCode() => (int)Low;
}
