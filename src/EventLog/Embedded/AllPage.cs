namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>A page of the whole log while it is being filled, block by block.</summary>
internal sealed class AllPage(long after, long head, int maxCount, long maxScanned, StreamFilter filter, BufferPool pool)
{
    private readonly List<RecordedEvent> events = new((int)Math.Clamp(head - after, 0, maxCount));
    private readonly PageBuffers buffers = new(pool);
    private readonly Prefixes prefixes = new(filter);
    private long bytes;
    private long scanned;

    /// <summary>The last position looked at.</summary>
    public long Position { get; private set; } = after;

    public bool IsFull => Position >= head || events.Count >= maxCount || scanned >= maxScanned || bytes >= EmbeddedLimits.PageOfEventsBytes;

    public void Add(BlockView view) => Add(view.First, view.Count, view.Bytes.Span, view.Bytes);

    /// <summary>Takes a block's events. Without <paramref name="memory"/> the bytes are copied, if any event of the block is wanted.</summary>
    public void Add(long first, int count, ReadOnlySpan<byte> data, ReadOnlyMemory<byte> memory = default)
    {
        var at = 0;
        for (var i = 0; i < count && !IsFull; i++)
        {
            var record = new EventRecord(data[at..]);
            if (first + i > Position)
            {
                Position = first + i;
                scanned++;
                if (prefixes.Match(record.Stream))
                {
                    if (memory.IsEmpty) memory = buffers.CopyOf(data);
                    events.Add(new BlockEvent(memory[at..], Position));
                    bytes += record.Length;
                }
            }
            at += record.Length;
        }
    }

    public LogPage ToPage() => new(events, Position == 0 ? null : LogPosition.At(Position), Position >= head) { Memory = buffers };

    /// <summary>The filter on the names' bytes, before any string is made.</summary>
    private readonly struct Prefixes(StreamFilter filter)
    {
        private readonly byte[][] wanted = [.. filter.Prefixes.Select(System.Text.Encoding.UTF8.GetBytes)];

        public bool Match(ReadOnlySpan<byte> stream)
        {
            if (wanted.Length == 0) return stream[0] != (byte)'$';
            foreach (var prefix in wanted) if (stream.StartsWith(prefix)) return true;
            return false;
        }
    }
}
