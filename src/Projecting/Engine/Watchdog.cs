using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>Sees that events wait and nothing moves. It only compares what it saw itself, by a clock that never jumps.</summary>
internal sealed class Watchdog(TimeSpan patience)
{
    private (LogPosition?, LogPosition?) last;
    private TimeSpan? waitingSince;

    /// <summary>Looks.</summary>
    /// <param name="position">Where the read models stand.</param>
    /// <param name="head">Where the log ends.</param>
    /// <param name="at">Now.</param>
    /// <param name="recovered">How far it has come with what must be done before the next commit; null = there is nothing.</param>
    /// <returns>True if there has been a gap, and nothing moved, for as long as patience goes.</returns>
    public bool IsStalled(LogPosition? position, LogPosition? head, TimeSpan at, LogPosition? recovered = null)
    {
        var isBehind = head is not null && (position is null || position < head);
        if (!isBehind || (position, recovered) != last) waitingSince = isBehind ? at : null;
        last = (position, recovered);
        waitingSince ??= isBehind ? at : null;
        return waitingSince is { } since && at - since >= patience;
    }
}
