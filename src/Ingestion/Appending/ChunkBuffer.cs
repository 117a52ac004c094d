using System.Buffers;
using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>
/// Holds the stored forms of a batch in a few arrays instead of one an event. The arrays are never reused, because a log may keep what it was given.
/// Not for several threads.
/// </summary>
internal sealed class ChunkBuffer
{
    // Below the size from which on the runtime treats arrays as large.
    private const int ChunkBytes = 65_536;

    private readonly ArrayBufferWriter<byte> scratch = new(4_096);
    private byte[] chunk = [];
    private int used;

    /// <summary>The stored form of an event.</summary>
    public ReadOnlyMemory<byte> Encode(AnalyticsEvent e, string? sentAs)
    {
        scratch.ResetWrittenCount();
        StoredEventCodec.Encode(e, scratch, sentAs);
        var written = scratch.WrittenSpan;
        if (written.Length > ChunkBytes / 4) return written.ToArray();
        if (chunk.Length - used < written.Length) (chunk, used) = (GC.AllocateUninitializedArray<byte>(ChunkBytes), 0);
        written.CopyTo(chunk.AsSpan(used));
        var result = chunk.AsMemory(used, written.Length);
        used += written.Length;
        return result;
    }
}
