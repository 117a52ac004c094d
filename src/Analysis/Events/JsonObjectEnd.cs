using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>
/// Finds where a JSON object ends, 64 bytes at a time: as bits, what lies between an odd quote and the next one is text, and outside of texts it is enough to count braces.
/// </summary>
internal static class JsonObjectEnd
{
    private const int Block = 64;

    /// <summary>Finds it.</summary>
    /// <param name="json">Valid JSON that begins with an object's brace.</param>
    /// <param name="length">Bytes of the object.</param>
    /// <returns>False if it doesn't end, or a backslash comes before its end.</returns>
    public static bool TryFind(ReadOnlySpan<byte> json, out int length)
    {
        Span<byte> last = stackalloc byte[Block];
        var isInText = 0UL;
        var depth = 0;
        for (var at = 0; at < json.Length; at += Block)
        {
            scoped var rest = json[at..];
            if (rest.Length < Block)
            {
                last.Clear();
                rest.CopyTo(last);
                rest = last;
            }
            var text = Spread(BitsOf(rest, (byte)'"')) ^ isInText;
            isInText = (ulong)((long)text >> 63);
            ulong opening = BitsOf(rest, (byte)'{') & ~text, closing = BitsOf(rest, (byte)'}') & ~text, escapes = BitsOf(rest, (byte)'\\');
            var end = EndIn(opening, closing, ref depth);
            length = at + end;
            if (end > 0) return (escapes & ((1UL << (end - 1)) - 1)) == 0;
            if (escapes != 0) return false;
        }
        length = 0;
        return false;
    }

    // Bytes up to and including the brace that brings the depth to zero; 0 if none does.
    private static int EndIn(ulong opening, ulong closing, ref int depth)
    {
        if (depth <= BitOperations.PopCount(closing))
        {
            var closed = 0;
            for (var left = closing; left != 0; left &= left - 1)
            {
                var index = BitOperations.TrailingZeroCount(left);
                if (depth + BitOperations.PopCount(opening & ((1UL << index) - 1)) == ++closed) return index + 1;
            }
        }
        depth += BitOperations.PopCount(opening) - BitOperations.PopCount(closing);
        return 0;
    }

    private static ulong BitsOf(ReadOnlySpan<byte> block, byte wanted)
    {
        var searched = Vector256.Create(wanted);
        ref var first = ref MemoryMarshal.GetReference(block);
        return Vector256.Equals(Vector256.LoadUnsafe(ref first), searched).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)Vector256<byte>.Count), searched).ExtractMostSignificantBits() << Vector256<byte>.Count);
    }

    // Every bit becomes whether the number of bits set up to it is odd.
    private static ulong Spread(ulong bits)
    {
        for (var shift = 1; shift < Block; shift <<= 1) bits ^= bits << shift;
        return bits;
    }
}
