using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// The funnel of one person (or session) over one range: which breakdown values it belongs to, and a lane for each of them.
/// </summary>
internal sealed class Track
{
    // Without a breakdown there are no values. Never changed.
    private static readonly Dictionary<string, Lane> NoValues = [];

    // The events of one value, for the time of a call.
    [ThreadStatic]
    private static StepEvent[]? scratch;

    private readonly TrackPlan plan;
    private readonly Lane main;
    private readonly Lane? blank;
    private readonly Dictionary<string, Lane> values;
    private bool touched;

    /// <summary>A track that has seen nothing.</summary>
    public Track(TrackPlan plan)
    {
        this.plan = plan;
        values = plan.Attribution is FunnelAttribution.AllEvents or FunnelAttribution.Step ? new(StringComparer.Ordinal) : NoValues;
        main = new Lane(plan.Lanes, plan.MovesWithTouch ? plan.NoValue : null, keepsClosed: plan.MovesWithTouch);
        blank = plan.Attribution == FunnelAttribution.Step ? new Lane(plan.Lanes, null, keepsClosed: true) : null;
    }

    /// <summary>The lanes that count: the whole (or the touched value) first, then the values that were seen.</summary>
    public IEnumerable<Lane> Lanes => values.Values.Prepend(main);

    /// <summary>Starts over, for another person.</summary>
    public void Reset()
    {
        main.Reset(plan.MovesWithTouch ? plan.NoValue : null);
        blank?.Reset(null);
        if (values.Count > 0) values.Clear();
        touched = false;
    }

    /// <summary>Takes matched events in order.</summary>
    public void Take(ReadOnlySpan<StepEvent> events, IFunnelSink sink)
    {
        while (events.Length > 0)
        {
            var group = events[..Pass.FirstGroup(events)];
            events = events[group.Length..];
            if (!plan.Range.Contains(group[0].At)) continue;
            if (plan.MovesWithTouch) Touch(group, sink);
            main.Take(group, sink);
            if (plan.Attribution == FunnelAttribution.AllEvents) TakeByOwnValue(group, sink);
            if (plan.Attribution == FunnelAttribution.Step) TakeByStepValue(group, sink);
        }
    }

    // FIRST_TOUCH, LAST_TOUCH: the value on the first or last event that matches any step and has a value.
    private void Touch(ReadOnlySpan<StepEvent> group, IFunnelSink sink)
    {
        if (touched && plan.Attribution == FunnelAttribution.FirstTouch) return;
        foreach (ref readonly var e in group)
        {
            if (e.Steps == 0 || BreakdownLabel.IsEmpty(e.Tags!.Label!)) continue;
            touched = true;
            if (e.Tags.Label != main.Label) main.Relabel(e.Tags.Label, sink);
            if (plan.Attribution != FunnelAttribution.FirstTouch) continue;
            main.SettleLabel();
            return;
        }
    }

    // ALL_EVENTS: each value is a funnel of its own events.
    private void TakeByOwnValue(ReadOnlySpan<StepEvent> group, IFunnelSink sink)
    {
        for (var i = 0; i < group.Length; i++)
        {
            var label = group[i].Tags!.Label!;
            if (Seen(group[..i], label)) continue;
            if (!values.TryGetValue(label, out var lane)) values.Add(label, lane = new Lane(plan.Lanes, label, keepsClosed: false));
            var (buffer, count) = (Room(group.Length), 0);
            foreach (ref readonly var e in group) if (e.Tags!.Label == label) buffer[count++] = e;
            lane.Take(buffer.AsSpan(0, count), sink);
        }
    }

    // STEP: a person is in every value seen on an event of the step; in the value's funnel the step must carry it.
    private void TakeByStepValue(ReadOnlySpan<StepEvent> group, IFunnelSink sink)
    {
        foreach (ref readonly var e in group)
        {
            if ((e.Steps & plan.AttributedStep) == 0 || values.ContainsKey(e.Tags!.Label!)) continue;
            values.Add(e.Tags.Label!, blank!.Clone(e.Tags.Label!, sink));
        }
        foreach (var (label, lane) in values) TakeCarrying(lane, group, label, sink);
        TakeCarrying(blank!, group, null, SilentSink.Instance);
    }

    private void TakeCarrying(Lane lane, ReadOnlySpan<StepEvent> group, string? label, IFunnelSink sink)
    {
        var (buffer, count) = (Room(group.Length), 0);
        foreach (ref readonly var e in group) if (Carrying(e, label) is { } chosen) buffer[count++] = chosen;
        if (count > 0) lane.Take(buffer.AsSpan(0, count), sink);
    }

    private StepEvent? Carrying(in StepEvent e, string? label)
    {
        if ((e.Steps & plan.AttributedStep) == 0 || e.Tags!.Label == label) return e;
        var rest = e.Steps & ~plan.AttributedStep;
        return rest != 0 || plan.Lanes.Rules.IsStrict ? e with { Steps = rest } : null;
    }

    private static StepEvent[] Room(int count)
    {
        var buffer = scratch;
        if (buffer is null || buffer.Length < count) scratch = buffer = new StepEvent[Math.Max(count, 8)];
        return buffer;
    }

    private static bool Seen(ReadOnlySpan<StepEvent> earlier, string label)
    {
        foreach (ref readonly var e in earlier) if (e.Tags!.Label == label) return true;
        return false;
    }

    /// <summary>Writes the state as of the person's last event. A range that is over needs none: nothing can change it any more.</summary>
    public void Write(StateWriter writer, long at)
    {
        var isOver = at > plan.Range.To;
        writer.Int64((isOver ? 1 : 0) + (touched ? 2 : 0));
        if (isOver) return;
        main.Write(writer, at);
        blank?.Write(writer, at);
        writer.Int64(values.Count);
        foreach (var lane in values.Values) lane.Write(writer, at);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, into a track that has seen nothing.</summary>
    public void Read(ref StateReader reader)
    {
        var flags = reader.Int64();
        touched = (flags & 2) != 0;
        if ((flags & 1) != 0) return;
        main.Read(ref reader);
        blank?.Read(ref reader);
        for (var count = reader.Int64(); count > 0; count--)
        {
            var lane = new Lane(plan.Lanes, null, keepsClosed: false);
            lane.Read(ref reader);
            values.Add(lane.Label!, lane);
        }
    }
}
