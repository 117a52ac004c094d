using System.Buffers.Binary;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// A block the writer fills: events one behind the other, the newest block growing with each transaction until it is full. Bytes once
/// committed never change, so readers may keep slices of the buffer.
/// </summary>
internal sealed class Block(long first, int capacity)
{
    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(capacity);
    private int used;

    public long First { get; } = first;

    public int Count { get; private set; }

    public BlockView View => new(First, Count, buffer.AsMemory(0, used));

    public static Block Restore(long first, int count, ReadOnlySpan<byte> data, int capacity)
    {
        var block = new Block(first, Math.Max(capacity, data.Length)) { Count = count, used = data.Length };
        data.CopyTo(block.buffer);
        return block;
    }

    /// <summary>Room for the next event; empty if the block is full.</summary>
    public Span<byte> Reserve(int length)
    {
        if (buffer.Length - used < length) return default;
        var room = buffer.AsSpan(used, length);
        used += length;
        Count++;
        return room;
    }
}

/// <summary>The committed part of a block.</summary>
internal readonly record struct BlockView(long First, int Count, ReadOnlyMemory<byte> Bytes)
{
    public long Last => First + Count - 1;

    public EventRecord Find(long position) => Find(Bytes.Span, position - First);

    /// <summary>The record at an index of a block's bytes.</summary>
    public static EventRecord Find(ReadOnlySpan<byte> block, long index)
    {
        for (; index > 0; index--) block = block[BinaryPrimitives.ReadInt32LittleEndian(block)..];
        return new EventRecord(block);
    }
}
