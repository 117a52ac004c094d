namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>Buffers of the size of a block, used again by page after page: a replay copies the whole log, and would else leave all of it to the garbage collector.</summary>
internal sealed class BufferPool
{
    private readonly Lock gate = new();
    private readonly Stack<byte[]> free = [];

    /// <summary>A buffer of <see cref="EmbeddedLimits.BlockBytes"/>, with anything in it.</summary>
    public byte[] Rent()
    {
        lock (gate)
            if (free.TryPop(out var buffer)) return buffer;
        return GC.AllocateUninitializedArray<byte>(EmbeddedLimits.BlockBytes);
    }

    /// <summary>Takes buffers back that nobody looks at any more, as many as are worth keeping.</summary>
    public void Return(List<byte[]> buffers)
    {
        lock (gate)
            foreach (var buffer in buffers)
                if (free.Count < EmbeddedLimits.FreeBuffers) free.Push(buffer);
    }
}

/// <summary>What the events of one page lie in.</summary>
internal sealed class PageBuffers(BufferPool pool) : IDisposable
{
    private List<byte[]> rented = [];

    /// <summary>A copy of a block's bytes.</summary>
    public ReadOnlyMemory<byte> CopyOf(ReadOnlySpan<byte> data)
    {
        // A block of one large event, or one that has just begun.
        var isOdd = data.Length is > EmbeddedLimits.BlockBytes or < EmbeddedLimits.BlockBytes / 2;
        var buffer = isOdd ? GC.AllocateUninitializedArray<byte>(data.Length) : pool.Rent();
        if (!isOdd) rented.Add(buffer);
        data.CopyTo(buffer);
        return buffer.AsMemory(0, data.Length);
    }

    public void Dispose() => pool.Return(Interlocked.Exchange(ref rented, []));
}
