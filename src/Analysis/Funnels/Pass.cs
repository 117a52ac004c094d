using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// One run of the funnel over a person's matched events: for one range or period of entry, for one breakdown value. It sees the events of one
/// millisecond at a time, in the order of the log, and holds the record of the deepest chain so far.
/// </summary>
internal abstract class Pass
{
    /// <summary>The record; null as long as nothing was reached.</summary>
    public FunnelResult? Result { get; protected set; }

    /// <summary>Attempts that ended with the last events taken, oldest first; only where attempts are counted.</summary>
    public virtual IReadOnlyList<FunnelResult> Ended => [];

    /// <summary>Takes the events of one millisecond.</summary>
    /// <param name="group">The events, in log order.</param>
    /// <param name="mayEnter">Whether an event of this millisecond can start the clock here.</param>
    public abstract void Take(ReadOnlySpan<StepEvent> group, bool mayEnter);

    /// <summary>True if nothing from <paramref name="at"/> on can change the record without a new entry.</summary>
    public abstract bool IsIdle(long at);

    /// <summary>True if nothing was entered yet: it goes on as a new one would.</summary>
    public abstract bool IsFresh { get; }

    /// <summary>Starts over, for another person.</summary>
    public abstract void Reset();

    /// <summary>A pass in the same state, which then goes its own way.</summary>
    public abstract Pass Clone();

    /// <summary>Writes the state as of the last event taken.</summary>
    /// <param name="writer">Takes it.</param>
    /// <param name="at">Time of the person's last event: what is out of the window by then is left out.</param>
    public abstract void Write(StateWriter writer, long at);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public abstract void Read(ref StateReader reader);

    /// <summary>Takes events in order, one millisecond after the other.</summary>
    public void TakeAll(ReadOnlySpan<StepEvent> events, bool mayEnter)
    {
        while (events.Length > 0)
        {
            var group = events[..FirstGroup(events)];
            Take(group, mayEnter);
            events = events[group.Length..];
        }
    }

    /// <summary>How many events the first millisecond holds.</summary>
    public static int FirstGroup(ReadOnlySpan<StepEvent> events)
    {
        var count = 1;
        while (count < events.Length && events[count].At == events[0].At) count++;
        return count;
    }
}
