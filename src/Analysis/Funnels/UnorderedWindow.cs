using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// The step events of the last window, by the set of steps they match; shared by all passes of a lane. An unordered funnel must know them all:
/// which of them is the earliest still inside the window is only told by the event that completes the record.
/// </summary>
internal sealed class UnorderedWindow(long window)
{
    // All that is needed for the time of a call: a person's window keeps none of it.
    [ThreadStatic]
    private static Scratch? scratch;

    private readonly List<(uint Steps, List<FunnelTouch> Touches)> queues = [];

    /// <summary>Adds the events of one millisecond and forgets what has left the window by then.</summary>
    public void Add(ReadOnlySpan<StepEvent> group)
    {
        Forget(group[0].At - window);
        foreach (ref readonly var e in group) if (e.Steps != 0) QueueOf(e.Steps).Add(new FunnelTouch(e.At, e.Position));
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (var (_, touches) in queues) touches.Clear();
    }

    /// <summary>
    /// The largest set of events since <paramref name="from"/> that can each have a step of their own, made of the earliest possible events.
    /// </summary>
    /// <returns>The events, oldest first; good until the thread's next call.</returns>
    public List<FunnelTouch> Deepest(long from)
    {
        // The sets of events that can be matched to steps form a matroid: taking the earliest that still fits, one after the other, is best for size and times.
        var (candidates, chosen, match) = scratch ??= new Scratch([], [], new StepMatching());
        CollectCandidates(from, candidates);
        match.Clear();
        chosen.Clear();
        foreach (var (touch, steps) in candidates) if (match.TryAdd(steps)) chosen.Add(touch);
        return chosen;
    }

    // Of events that match the same steps, no more can be chosen than there are steps.
    private void CollectCandidates(long from, List<(FunnelTouch Touch, uint Steps)> candidates)
    {
        candidates.Clear();
        foreach (var (steps, touches) in queues)
        {
            var room = System.Numerics.BitOperations.PopCount(steps);
            for (var i = FirstSince(touches, from); i < touches.Count && room > 0; i++, room--) candidates.Add((touches[i], steps));
        }
        candidates.Sort(static (left, right) => left.Touch.At != right.Touch.At
            ? left.Touch.At.CompareTo(right.Touch.At)
            : left.Touch.Position != right.Touch.Position ? left.Touch.Position.CompareTo(right.Touch.Position) : left.Steps.CompareTo(right.Steps));
    }

    private void Forget(long before)
    {
        foreach (var (_, touches) in queues) touches.RemoveRange(0, FirstSince(touches, before));
    }

    private static int FirstSince(List<FunnelTouch> touches, long from)
    {
        var (low, high) = (0, touches.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (touches[middle].At < from) low = middle + 1; else high = middle;
        }
        return low;
    }

    private List<FunnelTouch> QueueOf(uint steps)
    {
        foreach (var (known, touches) in queues) if (known == steps) return touches;
        queues.Add((steps, []));
        return queues[^1].Touches;
    }

    /// <summary>Writes the events since <paramref name="from"/>, in one form whatever was forgotten when.</summary>
    public void Write(StateWriter writer, long from)
    {
        Forget(from);
        queues.RemoveAll(static queue => queue.Touches.Count == 0);
        queues.Sort(static (left, right) => left.Steps.CompareTo(right.Steps));
        writer.Int64(queues.Count);
        foreach (var (steps, touches) in queues)
        {
            writer.Int64(steps);
            writer.Int64(touches.Count);
            long before = 0;
            foreach (var touch in touches)
            {
                writer.Int64(touch.At - before);
                before = touch.At;
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        for (var count = reader.Int64(); count > 0; count--)
        {
            var touches = QueueOf((uint)reader.Int64());
            long at = 0;
            for (var left = reader.Int64(); left > 0; left--) touches.Add(new FunnelTouch(at += reader.Int64(), 0));
        }
    }

    private sealed record Scratch(List<(FunnelTouch Touch, uint Steps)> Candidates, List<FunnelTouch> Chosen, StepMatching Match);
}
