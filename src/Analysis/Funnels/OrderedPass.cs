using System.Numerics;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// The ordered funnel. For each step k it keeps <c>entered[k]</c>: the newest entry that reached k, with the events of its steps. An event that
/// matches step k carries <c>entered[k-1]</c> one step further; one that matches step 1 starts a new entry.
/// </summary>
internal sealed partial class OrderedPass : Pass
{
    private const long None = long.MinValue;

    private readonly FunnelRules rules;
    private readonly int steps;
    private readonly long window;

    // entered[k]: the times of its chain in row k, of which the first is the entry (None = nobody there), the bit k of tainted, and held[k] (which steps its chain holds; null
    // where no step is optional, as it then holds all up to k). A stored funnel keeps some passes a person, so they are small: rows of k, and none before the first entry.
    private long[] times;
    private long[]? positions;
    private readonly uint[]? held;
    private readonly bool keepsPositions;
    private uint tainted;
    private bool entryTaken;
    private bool completed;

    /// <summary>A pass that has seen nothing.</summary>
    /// <param name="rules">The funnel.</param>
    /// <param name="keepsPositions">True if somebody asks which events made a record, not only when they were.</param>
    public OrderedPass(FunnelRules rules, bool keepsPositions)
    {
        this.rules = rules;
        this.keepsPositions = keepsPositions;
        steps = rules.Steps;
        window = rules.Window;
        held = rules.Optional == 0 ? null : new uint[steps + 1];
        times = rules.NoEntries;
    }

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        if (rules.CountsAttempts) BeginMillisecond(group[0].At);
        if (completed) return;
        // Events of one millisecond are told apart by their positions, which nobody needs any more in the next one.
        if (group.Length > 1) positions ??= new long[times.Length];
        if (rules.IsStrict) TakeStrictly(group, mayEnter);
        else if (group.Length == 1) TakeOne(group[0], mayEnter);
        else TakeTies(group, mayEnter);
    }

    /// <inheritdoc/>
    public override bool IsIdle(long at)
    {
        if (completed) return true;
        if (ReferenceEquals(times, rules.NoEntries)) return true;
        for (var step = 1; step <= steps; step++) if (IsLive(step, at)) return false;
        return true;
    }

    /// <inheritdoc/>
    public override bool IsFresh => Result is null && ReferenceEquals(times, rules.NoEntries);

    /// <inheritdoc/>
    public override void Reset()
    {
        Result = null;
        completed = false;
        ClearEntries();
        ended?.Clear();
    }

    // Row k has k places.
    private static int Row(int step) => step * (step - 1) / 2;

    // When the chain of entered[step] began; None if there is none.
    private long Start(int step) => step == 0 ? None : times[Row(step)];

    private bool IsLive(int step, long at) => Start(step) is var entry && entry != None && at - entry <= window;

    private uint Held(int step) => held is null ? (1u << step) - 1 : held[step];

    private void ClearEntries()
    {
        if (!ReferenceEquals(times, rules.NoEntries)) Array.Fill(times, None);
        tainted = 0;
        entryTaken = false;
    }

    // Deepest step first: so one event never fills two steps that follow each other.
    private void TakeOne(in StepEvent e, bool mayEnter)
    {
        for (var rest = e.Steps; rest != 0;)
        {
            var step = BitOperations.Log2(rest) + 1;
            rest &= ~FunnelRules.Bit(step);
            Fill(step, e, mayEnter, isTie: false);
            if (completed) { EndAttempt(); return; }
        }
        if (e.Taints != 0) Taint(e);
    }

    /// <summary>Lets one event fill one step, if it can.</summary>
    /// <returns>True if <c>entered[step]</c> was set.</returns>
    private bool Fill(int step, in StepEvent e, bool mayEnter, bool isTie)
    {
        if (step == 1) return mayEnter && Enter(e);
        var seat = rules.Optional == 0 ? step - 1 : Seat(step);
        var entry = Start(seat);
        if (entry == None || e.At - entry > window) return false;
        // Under the strict rule an entry lives for one event only, so it can't come here twice.
        if (Start(step) == entry && !rules.IsStrict) return false;
        if (isTie && ChainHolds(seat, e)) return false;
        if ((tainted >> seat & 1) != 0)
        {
            MoveRecord(step, seat, e, isTainted: true);
            return false;
        }
        MoveRecord(step, seat, e, isTainted: false);
        CarryOn(seat, step, e);
        completed = step == steps;
        return true;
    }

    private bool Enter(in StepEvent e)
    {
        if (entryTaken || (Start(1) == e.At && !rules.IsStrict)) return false;
        entryTaken = rules.SingleEntry;
        MoveRecord(1, 0, e, isTainted: false);
        CarryOn(0, 1, e);
        completed = steps == 1;
        return true;
    }

    // entered[step] := entered[seat] + event
    private void CarryOn(int seat, int step, in StepEvent e)
    {
        if (ReferenceEquals(times, rules.NoEntries)) times = (long[])times.Clone();
        if (keepsPositions) positions ??= new long[times.Length];
        var (count, from, to) = (BitOperations.PopCount(Held(seat)), Row(seat), Row(step));
        for (var i = 0; i < count; i++) times[to + i] = times[from + i];
        times[to + count] = e.At;
        if (positions is not null)
        {
            for (var i = 0; i < count; i++) positions[to + i] = positions[from + i];
            positions[to + count] = e.Position;
        }
        if (held is not null) held[step] = held[seat] | FunnelRules.Bit(step);
        tainted &= ~(1u << step);
    }

    // The record moves to a deeper chain, or from a tainted one to another of the same depth.
    private void MoveRecord(int step, int seat, in StepEvent e, bool isTainted)
    {
        if (Result is { } record && (step < record.Depth || (step == record.Depth && !record.IsTainted))) return;
        var (before, row) = (Held(seat), Row(seat));
        var chain = new FunnelTouch[BitOperations.PopCount(before) + 1];
        for (var i = 0; i < chain.Length - 1; i++) chain[i] = new FunnelTouch(times[row + i], positions?[row + i] ?? 0);
        chain[^1] = new FunnelTouch(e.At, e.Position);
        Result = new FunnelResult(step, before | FunnelRules.Bit(step), chain, isTainted);
    }
}
