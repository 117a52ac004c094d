using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// The funnel of one person (or session) over one range: which breakdown values it belongs to, and a lane for each of them.
/// </summary>
internal sealed class Track
{
    // Without a breakdown there are no values. Never changed.
    private static readonly Dictionary<string, Lane> NoValues = [];

    private readonly LanePlan plan;
    private readonly TimeRange range;
    private readonly FunnelAttribution? attribution;
    private readonly uint attributedStep;
    private readonly string noValue;
    private readonly Lane main;
    private readonly Lane? blank;
    private readonly Dictionary<string, Lane> values;
    private StepEvent[] buffer = [];
    private bool touched;

    /// <summary>A track that has seen nothing.</summary>
    /// <param name="plan">The funnel and its scopes.</param>
    /// <param name="range">Events outside do not count.</param>
    public Track(LanePlan plan, TimeRange range)
    {
        this.plan = plan;
        this.range = range;
        var breakdown = plan.Rules.Query.Breakdown;
        attribution = breakdown?.Attribution;
        attributedStep = attribution == FunnelAttribution.Step ? FunnelRules.Bit(breakdown!.Step!.Value) : 0;
        noValue = breakdown is null ? "" : BreakdownLabel.Join([.. Enumerable.Repeat("", breakdown.By.Count)]);
        values = attribution is FunnelAttribution.AllEvents or FunnelAttribution.Step ? new(StringComparer.Ordinal) : NoValues;
        main = new Lane(plan, MovesWithTouch ? noValue : null, keepsClosed: MovesWithTouch);
        blank = attribution == FunnelAttribution.Step ? new Lane(plan, null, keepsClosed: true) : null;
    }

    /// <summary>Whether a person belongs to exactly one value, so that the values add up to the whole.</summary>
    private bool MovesWithTouch => attribution is FunnelAttribution.FirstTouch or FunnelAttribution.LastTouch;

    /// <summary>The lanes that count: the whole (or the touched value) first, then the values that were seen.</summary>
    public IEnumerable<Lane> Lanes => values.Values.Prepend(main);

    /// <summary>Starts over, for another person.</summary>
    public void Reset()
    {
        main.Reset(MovesWithTouch ? noValue : null);
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
            if (!range.Contains(group[0].At)) continue;
            if (MovesWithTouch) Touch(group, sink);
            main.Take(group, sink);
            if (attribution == FunnelAttribution.AllEvents) TakeByOwnValue(group, sink);
            if (attribution == FunnelAttribution.Step) TakeByStepValue(group, sink);
        }
    }

    // FIRST_TOUCH, LAST_TOUCH: the value on the first or last event that matches any step and has a value.
    private void Touch(ReadOnlySpan<StepEvent> group, IFunnelSink sink)
    {
        if (touched && attribution == FunnelAttribution.FirstTouch) return;
        foreach (ref readonly var e in group)
        {
            if (e.Steps == 0 || BreakdownLabel.IsEmpty(e.Tags!.Label!)) continue;
            touched = true;
            if (e.Tags.Label != main.Label) main.Relabel(e.Tags.Label, sink);
            if (attribution != FunnelAttribution.FirstTouch) continue;
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
            if (!values.TryGetValue(label, out var lane)) values.Add(label, lane = new Lane(plan, label, keepsClosed: false));
            lane.Take(Select(group, label, static (e, label) => e.Tags!.Label == label ? e : null), sink);
        }
    }

    // STEP: a person is in every value seen on an event of the step; in the value's funnel the step must carry it.
    private void TakeByStepValue(ReadOnlySpan<StepEvent> group, IFunnelSink sink)
    {
        foreach (ref readonly var e in group)
        {
            if ((e.Steps & attributedStep) == 0 || values.ContainsKey(e.Tags!.Label!)) continue;
            values.Add(e.Tags.Label!, blank!.Clone(e.Tags.Label!, sink));
        }
        foreach (var (label, lane) in values) TakeCarrying(lane, group, label, sink);
        TakeCarrying(blank!, group, null, SilentSink.Instance);
    }

    private void TakeCarrying(Lane lane, ReadOnlySpan<StepEvent> group, string? label, IFunnelSink sink)
    {
        var own = Select(group, label, Carrying);
        if (own.Length > 0) lane.Take(own, sink);
    }

    private StepEvent? Carrying(StepEvent e, string? label)
    {
        if ((e.Steps & attributedStep) == 0 || e.Tags!.Label == label) return e;
        var rest = e.Steps & ~attributedStep;
        return rest != 0 || plan.Rules.IsStrict ? e with { Steps = rest } : null;
    }

    private ReadOnlySpan<StepEvent> Select(ReadOnlySpan<StepEvent> group, string? label, Func<StepEvent, string?, StepEvent?> choose)
    {
        if (buffer.Length < group.Length) buffer = new StepEvent[Math.Max(group.Length, 8)];
        var count = 0;
        foreach (ref readonly var e in group) if (choose(e, label) is { } chosen) buffer[count++] = chosen;
        return buffer.AsSpan(0, count);
    }

    private static bool Seen(ReadOnlySpan<StepEvent> earlier, string label)
    {
        foreach (ref readonly var e in earlier) if (e.Tags!.Label == label) return true;
        return false;
    }

    /// <summary>Writes the state as of the person's last event. A range that is over needs none: nothing can change it any more.</summary>
    public void Write(StateWriter writer, long at)
    {
        var isOver = at > range.To;
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
            var lane = new Lane(plan, null, keepsClosed: false);
            lane.Read(ref reader);
            values.Add(lane.Label!, lane);
        }
    }
}
