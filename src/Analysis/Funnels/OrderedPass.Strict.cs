using System.Numerics;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <content>Strict: a step counts only if the person's next event fills the next step.</content>
internal sealed partial class OrderedPass
{
    private void TakeStrictly(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        foreach (ref readonly var e in group)
        {
            var set = TakeAndTell(e, mayEnter);
            if (completed) EndAttempt();
            if (completed) return;
            for (var step = 1; Row(step) < times.Length; step++) if ((set & FunnelRules.Bit(step)) == 0) times[Row(step)] = None;
        }
    }

    // Which entered[k] this very event set: all others are cleared.
    private uint TakeAndTell(in StepEvent e, bool mayEnter)
    {
        uint set = 0;
        for (var rest = e.Steps; rest != 0 && !completed;)
        {
            var step = BitOperations.Log2(rest) + 1;
            rest &= ~FunnelRules.Bit(step);
            if (Fill(step, e, mayEnter, isTie: false)) set |= FunnelRules.Bit(step);
        }
        if (e.Taints != 0) Taint(e);
        return set;
    }
}
