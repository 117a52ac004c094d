namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// Reads a page of a stream along its chain, from the page's last revision down to its first. It costs the page's own events and a few
/// dozen steps to find its end.
/// </summary>
internal sealed class StreamRead(StreamHead head, StreamSettings settings, DateTimeOffset now)
{
    private readonly long firstVisible = settings.FirstVisible(head.Revision);

    private readonly DateTimeOffset oldest = settings.MaxAgeSeconds > 0 ? now.AddSeconds(-settings.MaxAgeSeconds) : DateTimeOffset.MinValue;

    public bool Exists => head.Revision >= 0 && !settings.IsDeleted && !settings.Tombstoned;

    public StreamPage Read(ReadDirection direction, long? from, int maxCount, TailCache cache, BlockReader reader)
    {
        var (low, high) = direction == ReadDirection.Forwards ? Upwards(from, maxCount) : Downwards(from, maxCount);
        if (low > high) return new StreamPage(true, [], direction == ReadDirection.Forwards || high < firstVisible);
        var events = Collect(low, high, keepLow: direction == ReadDirection.Forwards, cache, reader);
        var isEnd = direction == ReadDirection.Forwards ? events[0].Revision == head.Revision : events[^1].Revision == firstVisible;
        if (direction == ReadDirection.Forwards) events.Reverse();
        if (settings.MaxAgeSeconds > 0) events.RemoveAll(e => e.Created < oldest);
        return new StreamPage(true, events, isEnd);
    }

    private (long Low, long High) Upwards(long? from, int maxCount)
    {
        var low = Math.Max(from ?? 0, firstVisible);
        return (low, low > head.Revision ? head.Revision : Math.Min(head.Revision, low + maxCount - 1));
    }

    private (long Low, long High) Downwards(long? from, int maxCount)
    {
        var high = Math.Min(from ?? head.Revision, head.Revision);
        return (Math.Max(firstVisible, high - maxCount + 1), high);
    }

    /// <summary>The events from high to low; those of the page's far end give way if it gets too large.</summary>
    private List<RecordedEvent> Collect(long low, long high, bool keepLow, TailCache cache, BlockReader reader)
    {
        var events = new List<RecordedEvent>((int)(high - low + 1));
        var (revision, position) = (head.Revision, head.Position);
        long bytes = 0;
        var dropped = 0;
        reader.Begin();
        while (revision >= low)
        {
            var record = cache.TryGet(position, out var view) ? view.Find(position) : reader.Find(position);
            if (revision > high)
            {
                (revision, position) = record.StepTowards(high);
                continue;
            }
            var e = new BlockEvent(record.Bytes.ToArray(), position);
            bytes += record.Length;
            if (bytes > EmbeddedLimits.PageOfEventsBytes && !keepLow && events.Count > 0) break;
            events.Add(e);
            while (bytes > EmbeddedLimits.PageOfEventsBytes && dropped < events.Count - 1)
            {
                bytes -= EventRecord.HeaderBytes + events[dropped].Data.Length + events[dropped].Metadata.Length;
                events[dropped++] = null!;
            }
            (revision, position) = record.StepBack();
        }
        reader.End();
        events.RemoveRange(0, dropped);
        return events;
    }
}
