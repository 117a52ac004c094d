using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Facts;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// The rows of cells that an instance wrote since its tables were empty. Which rows are certainly new need not be looked for in an index before they are written: in a long catch-up
/// those of funnels' times, of which nearly every person makes some.
/// </summary>
internal sealed class WrittenCells
{
    private const int NumberBytes = sizeof(short) + (4 * sizeof(long));

    private readonly BloomFilter written = new(Limits.WrittenCellsFirstBytes);

    /// <summary>Notes that a row is written.</summary>
    /// <returns>False if it certainly was not written before.</returns>
    public bool Add(in CellKey key)
    {
        Span<byte> numbers = stackalloc byte[NumberBytes];
        BinaryPrimitives.WriteInt16LittleEndian(numbers, key.Table);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[2..], key.Revision);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[10..], key.A);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[18..], key.B);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[26..], key.C);
        var text = key.Text.Length == 0 ? 0 : (ulong)Hash128.Of(MemoryMarshal.AsBytes(key.Text.AsSpan()));
        return written.Add(Hash128.Of(numbers, text));
    }
}
