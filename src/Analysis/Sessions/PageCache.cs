using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>Many persons are on the same pages, and a state keeps the text: equal ones are mostly the same object, and of a page that is still in its slot no string is made.</summary>
internal static class PageCache
{
    private const int Slots = 4096;
    private const ulong Mixer = 0x9E37_79B9_7F4A_7C15;

    private static readonly string?[] Pages = new string?[Slots];

    /// <summary>The same text.</summary>
    [return: NotNullIfNotNull(nameof(page))]
    public static string? Get(string? page)
    {
        if (page is null) return null;
        Span<byte> ascii = stackalloc byte[Limits.MaxLabelLength];
        ref var slot = ref Ascii.FromUtf16(page, ascii, out var length) == OperationStatus.Done
            ? ref SlotOf(ascii[..length])
            : ref Pages[page.GetHashCode(StringComparison.Ordinal) & (Slots - 1)];
        if (slot is { } known && known == page) return known;
        // Racing writers only replace one right text by another.
        Volatile.Write(ref slot, page);
        return page;
    }

    /// <summary>The text of some bytes.</summary>
    /// <param name="ascii">The bytes, all of them ASCII.</param>
    public static string Get(ReadOnlySpan<byte> ascii)
    {
        ref var slot = ref SlotOf(ascii);
        if (slot is { } known && Ascii.Equals(ascii, known)) return known;
        var page = Encoding.ASCII.GetString(ascii);
        Volatile.Write(ref slot, page);
        return page;
    }

    private static ref string? SlotOf(ReadOnlySpan<byte> ascii)
    {
        var hash = (ulong)ascii.Length;
        for (; ascii.Length >= sizeof(ulong); ascii = ascii[sizeof(ulong)..]) hash = BitOperations.RotateLeft((hash ^ BinaryPrimitives.ReadUInt64LittleEndian(ascii)) * Mixer, 31);
        foreach (var b in ascii) hash = (hash << 8 | hash >> 56) ^ b;
        return ref Pages[(int)((hash * Mixer) >> 32) & (Slots - 1)];
    }
}
