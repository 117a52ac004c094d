using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>Where bytes lie in a block of <see cref="Block"/> bytes, as the bits of one number, the first byte's the lowest.</summary>
internal static class ByteBits
{
    /// <summary>Bytes of a block.</summary>
    public const int Block = 64;

    /// <summary>The bytes that are the one wanted.</summary>
    /// <param name="block">A whole block.</param>
    /// <param name="wanted">The byte.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> block, byte wanted) => Of(block, wanted, 0);

    /// <summary>The bytes that are the one wanted once some of their bits are set.</summary>
    /// <param name="block">A whole block.</param>
    /// <param name="wanted">The byte, with those bits.</param>
    /// <param name="set">The bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> block, byte wanted, byte set)
    {
        var (searched, added) = (Vector256.Create(wanted), Vector256.Create(set));
        ref var first = ref MemoryMarshal.GetReference(block);
        return Vector256.Equals(Vector256.LoadUnsafe(ref first) | added, searched).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)Vector256<byte>.Count) | added, searched).ExtractMostSignificantBits() << Vector256<byte>.Count);
    }

    /// <summary>Every bit becomes whether the number of bits set up to it is odd: of quotes, what lies between an odd one and the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Spread(ulong bits)
    {
        // A product without carries by all ones.
        if (Pclmulqdq.IsSupported) return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(bits), Vector128<ulong>.AllBitsSet, 0).ToScalar();
        for (var shift = 1; shift < Block; shift <<= 1) bits ^= bits << shift;
        return bits;
    }

    /// <summary>The bytes that a backslash before them escapes.</summary>
    /// <param name="backslashes">Where backslashes are.</param>
    /// <param name="isFirstEscaped">Whether the block's first byte is escaped; becomes whether the next block's is.</param>
    public static ulong Escaped(ulong backslashes, ref bool isFirstEscaped)
    {
        var escaped = isFirstEscaped ? 1UL : 0;
        isFirstEscaped = false;
        for (var left = backslashes; left != 0; left &= left - 1)
        {
            var at = BitOperations.TrailingZeroCount(left);
            if ((escaped >> at & 1) != 0) continue;
            if (at == Block - 1) isFirstEscaped = true;
            else escaped |= 1UL << (at + 1);
        }
        return escaped;
    }
}
