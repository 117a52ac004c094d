namespace EventSourcedAnalytics.Analysis.Funnels;

/// <content>Ties: events of one millisecond that match a step or an exclusion.</content>
internal sealed partial class OrderedPass
{
    private void TakeTies(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        if (rules.TiesAreStrict) TakeAgainstStateBefore(group, mayEnter);
        else if (AllMatchTheSame(group)) TakeOneByOne(group, mayEnter);
        else TakePairs(group, mayEnter);
    }

    private void TakeOneByOne(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        foreach (ref readonly var e in group)
        {
            TakeOne(e, mayEnter);
            if (completed) return;
        }
    }

    // (event, step) pairs by ascending step, then position: the order that carries the person furthest. Excluded events do nothing here.
    private void TakePairs(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        for (var step = 1; step <= rules.Steps; step++)
        {
            foreach (ref readonly var e in group)
            {
                if ((e.Steps & FunnelRules.Bit(step)) == 0) continue;
                Fill(step, e, mayEnter, isTie: true);
                if (!completed) continue;
                EndAttempt();
                if (completed) return;
            }
        }
    }

    // Deepest step first across the group: each step is filled from the state before this millisecond.
    private void TakeAgainstStateBefore(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        uint any = 0;
        foreach (ref readonly var e in group) any |= e.Steps;
        if (any == 0) { TakeOneByOne(group, mayEnter); return; }
        for (var step = rules.Steps; step >= 1; step--)
        {
            if ((any & FunnelRules.Bit(step)) == 0) continue;
            foreach (ref readonly var e in group)
            {
                if ((e.Steps & FunnelRules.Bit(step)) == 0) continue;
                Fill(step, e, mayEnter, isTie: false);
                if (!completed) continue;
                EndAttempt();
                return;
            }
        }
    }

    private static bool AllMatchTheSame(ReadOnlySpan<StepEvent> group)
    {
        foreach (ref readonly var e in group[1..])
            if (e.Steps != group[0].Steps || e.Taints != group[0].Taints) return false;
        return true;
    }

    private bool ChainHolds(int step, in StepEvent e)
    {
        var row = Row(step);
        for (var i = System.Numerics.BitOperations.PopCount(Held(step)) - 1; i >= 0 && times[row + i] == e.At; i--)
            if (positions![row + i] == e.Position) return true;
        return false;
    }
}
