using System.Buffers.Binary;
using System.Numerics;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>MurmurHash3 (x64, 128 bits), after Austin Appleby's public-domain description: the same on every machine and in every process.</summary>
internal static class Hash128
{
    private const ulong C1 = 0x87c37b91114253d5;
    private const ulong C2 = 0x4cf5ad432745937f;

    public static UInt128 Of(ReadOnlySpan<byte> data, ulong seed = 0)
    {
        ulong h1 = seed, h2 = seed;
        var length = (ulong)data.Length;
        for (; data.Length >= 16; data = data[16..])
        {
            h1 = MixFirst(h1, BinaryPrimitives.ReadUInt64LittleEndian(data)) + h2;
            h1 = (h1 * 5) + 0x52dce729;
            h2 = MixSecond(h2, BinaryPrimitives.ReadUInt64LittleEndian(data[8..])) + h1;
            h2 = (h2 * 5) + 0x38495ab5;
        }
        Tail(data, ref h1, ref h2);
        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = Final(h1);
        h2 = Final(h2);
        h1 += h2;
        h2 += h1;
        return new UInt128(h1, h2);
    }

    private static ulong MixFirst(ulong h, ulong k) => BitOperations.RotateLeft(h ^ (BitOperations.RotateLeft(k * C1, 31) * C2), 27);

    private static ulong MixSecond(ulong h, ulong k) => BitOperations.RotateLeft(h ^ (BitOperations.RotateLeft(k * C2, 33) * C1), 31);

    private static void Tail(ReadOnlySpan<byte> rest, ref ulong h1, ref ulong h2)
    {
        if (rest.IsEmpty) return;
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        rest.CopyTo(block);
        h2 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(block[8..]) * C2, 33) * C1;
        h1 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(block) * C1, 31) * C2;
    }

    private static ulong Final(ulong k)
    {
        k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd;
        k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53;
        return k ^ (k >> 33);
    }
}
