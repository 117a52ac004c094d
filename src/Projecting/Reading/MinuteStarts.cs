using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>Where a minute of the log's clock begins.</summary>
/// <param name="Minute">Minutes since the Unix epoch. Every event before it was taken in earlier; the first one behind was taken in during this minute.</param>
/// <param name="After">The position to read on behind; null = the minute begins with the log (in a page: with the page).</param>
internal readonly record struct MinuteStart(long Minute, LogPosition? After)
{
    /// <summary>The minute that holds a moment.</summary>
    public static long MinuteOf(DateTimeOffset moment) => (long)Math.Floor(moment.ToUnixTimeMilliseconds() / 60_000.0);
}

/// <summary>
/// Finds the minutes of the log's clock as its events come. A clock that was set back makes no new minute: until it has caught up the events belong to the minute it had
/// reached, so minutes and positions rise together.
/// </summary>
internal sealed class MinuteStarts
{
    private List<MinuteStart> found = [];
    private LogPosition? last;

    /// <summary>The last minute known; null = none yet.</summary>
    public long? Minute { get; private set; }

    /// <summary>Minutes known.</summary>
    public long Count { get; private set; }

    /// <summary>Takes the next batch; one that was taken before changes nothing.</summary>
    public void Take(DecodedBatch batch)
    {
        foreach (var start in batch.Minutes)
        {
            if (start.Minute <= Minute) continue;
            found.Add(start with { After = start.After ?? last });
            (Minute, Count) = (start.Minute, Count + 1);
        }
        if (!(last >= batch.End)) last = batch.End;
    }

    /// <summary>Hands out the minutes found since the last call.</summary>
    public IReadOnlyList<MinuteStart> TakeFound()
    {
        var taken = found;
        found = [];
        return taken;
    }
}

/// <summary>The minutes of the log's clock that begin in a page, as far as the page alone can tell.</summary>
internal sealed class PageMinutes
{
    private readonly List<MinuteStart> starts = [];
    private long ends = long.MinValue;

    /// <summary>The minutes found so far.</summary>
    public IReadOnlyList<MinuteStart> Starts => starts;

    /// <summary>Takes the page's next event.</summary>
    /// <param name="recorded">The event.</param>
    /// <param name="before">The one before it; null = it is the first.</param>
    public void Take(RecordedEvent recorded, RecordedEvent? before)
    {
        var created = recorded.Created;
        if (created.UtcTicks < ends) return;
        var minute = MinuteStart.MinuteOf(created);
        starts.Add(new MinuteStart(minute, before?.Position));
        ends = DateTimeOffset.UnixEpoch.UtcTicks + ((minute + 1) * TimeSpan.TicksPerMinute);
    }
}
