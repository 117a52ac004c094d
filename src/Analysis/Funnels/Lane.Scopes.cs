namespace EventSourcedAnalytics.Analysis.Funnels;

/// <content>Which scopes are open, and which of them share a pass.</content>
internal sealed partial class Lane
{
    // Periods that open together see the same from here on; so does the whole if nothing was entered before.
    private void OpenPeriods(long at)
    {
        Pass? begun = null;
        for (var i = 0; i < plan.Intervals.Count; i++)
        {
            if (IsOpen(FunnelScope.KindOf(plan.Intervals[i]), at)) continue;
            var scope = FunnelScope.Of(plan.Intervals[i], plan.Calendar, at);
            Open(scope, begun ??= open[0].Pass.IsFresh ? open[0].Pass : NewPass());
        }
    }

    // A period stays open at least until its last possible entry.
    private bool IsOpen(byte kind, long at)
    {
        for (var i = openCount - 1; i >= 0; i--) if (open[i].Scope.Kind == kind && at <= open[i].Scope.LastEntry) return true;
        return false;
    }

    // Before an entry: what takes it and what doesn't go their own ways.
    private void Part(long at)
    {
        for (var i = 0; i < openCount; i++)
        {
            var pass = open[i].Pass;
            if (at <= open[i].Scope.LastEntry || !TakesEntry(pass, at)) continue;
            var left = pass.Clone();
            for (var ended = i; ended < openCount; ended++)
                if (ReferenceEquals(open[ended].Pass, pass) && at > open[ended].Scope.LastEntry) open[ended].Pass = left;
        }
    }

    private bool TakesEntry(Pass pass, long at)
    {
        foreach (ref readonly var other in open.AsSpan(0, openCount)) if (ReferenceEquals(other.Pass, pass) && at <= other.Scope.LastEntry) return true;
        return false;
    }

    // A period is over when its last possible entry is out of its window.
    private void Close(long at)
    {
        for (var i = openCount - 1; i >= 0; i--)
        {
            ref readonly var ended = ref open[i];
            if (at <= ended.Scope.LastEntry || !ended.Pass.IsIdle(at)) continue;
            if (keepsClosed && ended.Pass.Result is { } result) Keep(ended.Scope, result);
            Remove(i);
        }
    }

    private void Remove(int index)
    {
        var pass = open[index].Pass;
        open.AsSpan(index + 1, --openCount - index).CopyTo(open.AsSpan(index));
        open[openCount] = default;
        if (spare is null || IsShared(pass, openCount)) return;
        pass.Reset();
        spare.Push(pass);
    }

    private void Open(in FunnelScope scope, Pass pass)
    {
        if (openCount == open.Length) Array.Resize(ref open, openCount + Math.Max(2, openCount / 2));
        open[openCount++] = new OpenScope { Scope = scope, Pass = pass };
    }

    // A scope whose result can still change, and the pass that makes it.
    private struct OpenScope
    {
        public FunnelScope Scope;
        public Pass Pass;
    }
}
