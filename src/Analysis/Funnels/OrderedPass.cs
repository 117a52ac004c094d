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

    // entered[k]: the times of its chain in row k, of which the first is the entry (None = nobody there), the bit k of tainted, and held[k] (which steps its chain holds; null
    // where no step is optional, as it then holds all up to k). A stored funnel keeps some passes a person, so they are small: only rows that somebody came to, and none of
    // the last step, which ends the pass or the attempt. Positions are as many as times; null while nobody needs them.
    private long[] times = [];
    private long[]? positions;
    private uint[]? held;
    private uint tainted;
    private readonly bool keepsPositions;
    private bool entryTaken;
    private bool completed;

    /// <summary>A pass that has seen nothing.</summary>
    /// <param name="rules">The funnel.</param>
    /// <param name="keepsPositions">True if somebody asks which events made a record, not only when they were.</param>
    public OrderedPass(FunnelRules rules, bool keepsPositions)
    {
        this.rules = rules;
        this.keepsPositions = keepsPositions;
    }

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        if (rules.CountsAttempts) BeginMillisecond(group[0].At);
        if (completed) return;
        // Events of one millisecond are told apart by their positions, which nobody needs any more in the next one.
        if (group.Length > 1) positions ??= times.Length == 0 ? [] : new long[times.Length];
        if (rules.IsStrict) TakeStrictly(group, mayEnter);
        else if (group.Length == 1) TakeOne(group[0], mayEnter);
        else TakeTies(group, mayEnter);
        if (keepsPositions) return;
        positions = null;
        if (completed) (times, held) = ([], null);
    }

    /// <inheritdoc/>
    public override bool IsIdle(long at)
    {
        if (completed) return true;
        for (var step = 1; step <= rules.Steps; step++) if (IsLive(step, at)) return false;
        return true;
    }

    /// <inheritdoc/>
    public override bool IsFresh => Result is null && times.Length == 0;

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
    private long Start(int step) => step > 0 && Row(step) is var row && row < times.Length ? times[row] : None;

    private bool IsLive(int step, long at) => Start(step) is var entry && entry != None && at - entry <= rules.Window;

    private uint Held(int step) => rules.Optional == 0 ? (1u << step) - 1 : held is null ? 0 : held[step];

    private void ClearEntries()
    {
        Array.Fill(times, None);
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
        if (entry == None || e.At - entry > rules.Window) return false;
        // Under the strict rule an entry lives for one event only, so it can't come here twice.
        if (Start(step) == entry && !rules.IsStrict) return false;
        if (isTie && ChainHolds(seat, e)) return false;
        if ((tainted >> seat & 1) != 0)
        {
            MoveRecord(step, seat, e, isTainted: true);
            return false;
        }
        MoveRecord(step, seat, e, isTainted: false);
        if (step == rules.Steps) completed = true;
        else CarryOn(seat, step, e);
        return true;
    }

    private bool Enter(in StepEvent e)
    {
        if (entryTaken || (Start(1) == e.At && !rules.IsStrict)) return false;
        entryTaken = rules.SingleEntry;
        MoveRecord(1, 0, e, isTainted: false);
        if (rules.Steps == 1) completed = true;
        else CarryOn(0, 1, e);
        return true;
    }

    // entered[step] := entered[seat] + event
    private void CarryOn(int seat, int step, in StepEvent e)
    {
        MakeRoom(step);
        if (keepsPositions) positions ??= new long[times.Length];
        var (count, from, to) = (BitOperations.PopCount(Held(seat)), Row(seat), Row(step));
        for (var i = 0; i < count; i++) times[to + i] = times[from + i];
        times[to + count] = e.At;
        if (positions is not null)
        {
            for (var i = 0; i < count; i++) positions[to + i] = positions[from + i];
            positions[to + count] = e.Position;
        }
        if (rules.Optional != 0) held![step] = held[seat] | FunnelRules.Bit(step);
        tainted &= ~(1u << step);
    }

    // Makes the rows up to a step.
    private void MakeRoom(int step)
    {
        if (rules.Optional != 0) held ??= new uint[rules.Steps + 1];
        var (before, needed) = (times.Length, Row(step + 1));
        if (before >= needed) return;
        Array.Resize(ref times, needed);
        Array.Fill(times, None, before, needed - before);
        if (positions is not null) Array.Resize(ref positions, needed);
    }

    // The record moves to a deeper chain, or from a tainted one to another of the same depth.
    private void MoveRecord(int step, int seat, in StepEvent e, bool isTainted)
    {
        if (Result is { } record && (step < record.Depth || (step == record.Depth && !record.IsTainted))) return;
        var (before, row) = (Held(seat), Row(seat));
        var count = BitOperations.PopCount(before);
        var chain = new long[keepsPositions ? 2 * (count + 1) : count + 1];
        times.AsSpan(row, count).CopyTo(chain);
        chain[count] = e.At;
        if (keepsPositions)
        {
            positions.AsSpan(row, count).CopyTo(chain.AsSpan(count + 1));
            chain[^1] = e.Position;
        }
        Result = new FunnelResult(step, before | FunnelRules.Bit(step), chain, isTainted);
    }
}
