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

    // entered[k]: start[k] (None = nobody there), the bit k of tainted, held[k] (which steps its chain holds) and the chain itself in row k.
    private readonly long[] start;
    private readonly uint[] held;
    private readonly FunnelTouch[] chains;
    private uint tainted;
    private bool entryTaken;
    private bool completed;

    public OrderedPass(FunnelRules rules)
    {
        this.rules = rules;
        steps = rules.Steps;
        window = rules.Window;
        start = new long[steps + 1];
        held = new uint[steps + 1];
        chains = new FunnelTouch[(steps + 1) * steps];
        Array.Fill(start, None);
    }

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        if (rules.CountsAttempts) BeginMillisecond(group[0].At);
        if (completed) return;
        if (rules.IsStrict) TakeStrictly(group, mayEnter);
        else if (group.Length == 1) TakeOne(group[0], mayEnter);
        else TakeTies(group, mayEnter);
    }

    /// <inheritdoc/>
    public override bool IsIdle(long at)
    {
        if (completed) return true;
        foreach (var entry in start) if (entry != None && at - entry <= window) return false;
        return true;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        Result = null;
        completed = false;
        ClearEntries();
        ended?.Clear();
    }

    private void ClearEntries()
    {
        Array.Fill(start, None);
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
        var entry = start[seat];
        if (entry == None || e.At - entry > window) return false;
        // Under the strict rule an entry lives for one event only, so it can't come here twice.
        if (start[step] == entry && !rules.IsStrict) return false;
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
        if (entryTaken || (start[1] == e.At && !rules.IsStrict)) return false;
        entryTaken = rules.SingleEntry;
        MoveRecord(1, 0, e, isTainted: false);
        CarryOn(0, 1, e);
        completed = steps == 1;
        return true;
    }

    // entered[step] := entered[seat] + event
    private void CarryOn(int seat, int step, in StepEvent e)
    {
        var count = BitOperations.PopCount(held[seat]);
        var from = seat * steps;
        var to = step * steps;
        for (var i = 0; i < count; i++) chains[to + i] = chains[from + i];
        chains[to + count] = new FunnelTouch(e.At, e.Position);
        held[step] = held[seat] | FunnelRules.Bit(step);
        start[step] = seat == 0 ? e.At : start[seat];
        tainted &= ~(1u << step);
    }

    // The record moves to a deeper chain, or from a tainted one to another of the same depth.
    private void MoveRecord(int step, int seat, in StepEvent e, bool isTainted)
    {
        if (Result is { } record && (step < record.Depth || (step == record.Depth && !record.IsTainted))) return;
        var count = BitOperations.PopCount(held[seat]);
        var chain = new FunnelTouch[count + 1];
        chains.AsSpan(seat * steps, count).CopyTo(chain);
        chain[count] = new FunnelTouch(e.At, e.Position);
        Result = new FunnelResult(step, held[seat] | FunnelRules.Bit(step), chain, isTainted);
    }
}
