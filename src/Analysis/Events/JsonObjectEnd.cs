using System.Numerics;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>
/// Finds where a JSON object ends, 64 bytes at a time: as bits, what lies between an odd quote and the next one is text, and outside of texts it is enough to count braces.
/// </summary>
internal static class JsonObjectEnd
{
    /// <summary>Finds it.</summary>
    /// <param name="json">Valid JSON that begins with an object's brace.</param>
    /// <param name="length">Bytes of the object.</param>
    /// <returns>False if it doesn't end, or a backslash comes before its end.</returns>
    public static bool TryFind(ReadOnlySpan<byte> json, out int length)
    {
        Span<byte> last = stackalloc byte[ByteBits.Block];
        var isInText = 0UL;
        var depth = 0;
        for (var at = 0; at < json.Length; at += ByteBits.Block)
        {
            scoped var rest = json[at..];
            if (rest.Length < ByteBits.Block)
            {
                last.Clear();
                rest.CopyTo(last);
                rest = last;
            }
            var text = ByteBits.Spread(ByteBits.Of(rest, (byte)'"')) ^ isInText;
            isInText = (ulong)((long)text >> 63);
            ulong opening = ByteBits.Of(rest, (byte)'{') & ~text, closing = ByteBits.Of(rest, (byte)'}') & ~text, escapes = ByteBits.Of(rest, (byte)'\\');
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
}
