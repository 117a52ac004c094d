using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein), keyed by the log's identity: names that collide can't be found without the
/// key, and by chance not before some 10^16 streams. A cryptographic digest costs ten times as much, on every append.
/// </summary>
internal sealed class StreamHasher
{
    private const int StackBytes = 512;

    private readonly ulong key0, key1;

    public StreamHasher(Guid identity)
    {
        Span<byte> key = stackalloc byte[16];
        identity.TryWriteBytes(key, bigEndian: true, out _);
        (key0, key1) = (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
    }

    public StreamKey Of(string stream)
    {
        Span<byte> utf8 = stackalloc byte[StackBytes];
        return Encoding.UTF8.TryGetBytes(stream, utf8, out var length) ? Of(utf8[..length]) : Of(Encoding.UTF8.GetBytes(stream));
    }

    public StreamKey Of(ReadOnlySpan<byte> utf8)
    {
        var v0 = key0 ^ 0x736f6d6570736575;
        var v1 = key1 ^ 0x646f72616e646f6d ^ 0xee;
        var v2 = key0 ^ 0x6c7967656e657261;
        var v3 = key1 ^ 0x7465646279746573;
        var last = (ulong)utf8.Length << 56;
        for (; utf8.Length >= 8; utf8 = utf8[8..])
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(utf8);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
        }
        for (var i = 0; i < utf8.Length; i++) last |= (ulong)utf8[i] << (8 * i);
        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xee;
        for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        var high = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        return new StreamKey(high, v0 ^ v1 ^ v2 ^ v3);
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
