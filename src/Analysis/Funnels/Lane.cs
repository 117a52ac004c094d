using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>What all lanes of a track have in common.</summary>
/// <param name="Rules">The funnel.</param>
/// <param name="Calendar">Where periods begin.</param>
/// <param name="Intervals">Periods of entry that are kept beside the whole.</param>
/// <param name="Main">The scope of the whole.</param>
/// <param name="KeepsAll">True if results are asked for at the end, so that none may be forgotten.</param>
internal sealed record LanePlan(FunnelRules Rules, Calendar Calendar, IReadOnlyList<Period> Intervals, FunnelScope Main, bool KeepsAll);

/// <summary>
/// The funnel of one breakdown value (or of all): a pass for the whole range and one for each period in which an entry may still go on. Scopes that began with the same entry
/// share their pass until one of them takes no further entries: most persons come on one day only.
/// </summary>
internal sealed partial class Lane
{
    // Most lanes never keep a closed result. Never changed.
    private static readonly List<(FunnelScope Scope, FunnelResult Result)> None = [];

    private readonly LanePlan plan;
    private readonly List<(FunnelScope Scope, Pass Pass)> open = [];
    private readonly Stack<Pass>? spare;
    private List<(FunnelScope Scope, FunnelResult Result)> closed = None;
    private readonly UnorderedWindow? window;
    private bool keepsClosed;

    /// <summary>A lane.</summary>
    /// <param name="plan">What it shares with others.</param>
    /// <param name="label">The value it counts for; null = the funnel as a whole.</param>
    /// <param name="keepsClosed">True if results of past periods can still change their value.</param>
    public Lane(LanePlan plan, string? label, bool keepsClosed)
    {
        this.plan = plan;
        this.keepsClosed = keepsClosed || plan.KeepsAll;
        Label = label;
        // One lane goes through person after person where all is asked at the end; a stored one is of one person.
        spare = plan.KeepsAll ? [] : null;
        window = plan.Rules.IsUnordered ? new UnorderedWindow(plan.Rules.Window) : null;
        Reset(label);
    }

    /// <summary>The value it counts for.</summary>
    public string? Label { get; private set; }

    /// <summary>All results so far: tainted ones too, those of past periods only if they are kept.</summary>
    public IEnumerable<(FunnelScope Scope, FunnelResult Result)> Results
    {
        get
        {
            foreach (var entry in closed) yield return entry;
            foreach (var (scope, pass) in open) if (pass.Result is { } result) yield return (scope, result);
        }
    }

    /// <summary>Starts over, for another person.</summary>
    public void Reset(string? label)
    {
        while (open.Count > 0) Remove(open.Count - 1);
        closed = None;
        window?.Clear();
        Label = label;
        open.Add((plan.Main, NewPass()));
    }

    /// <summary>Takes the events of one millisecond.</summary>
    public void Take(ReadOnlySpan<StepEvent> group, IFunnelSink sink)
    {
        var at = group[0].At;
        if (plan.Intervals.Count > 0)
        {
            Close(at);
            if (CanEnter(group))
            {
                Part(at);
                OpenPeriods(at);
            }
        }
        window?.Add(group);
        for (var i = 0; i < open.Count; i++)
        {
            var (scope, pass) = open[i];
            if (IsShared(pass, i)) continue;
            var before = pass.Result;
            pass.Take(group, mayEnter: at <= scope.LastEntry);
            for (var sharer = i; sharer < open.Count; sharer++)
                if (ReferenceEquals(open[sharer].Pass, pass)) Tell(open[sharer].Scope, pass, before, sink);
        }
    }

    /// <summary>Moves all results to another value.</summary>
    public void Relabel(string? label, IFunnelSink sink)
    {
        foreach (var (scope, result) in Results)
        {
            sink.Change(Label, scope, result, null);
            sink.Change(label, scope, null, result);
        }
        Label = label;
    }

    /// <summary>From now on the value is certain: results of past periods are forgotten.</summary>
    public void SettleLabel()
    {
        if (plan.KeepsAll) return;
        keepsClosed = false;
        closed = None;
    }

    /// <summary>A lane of another value in the same state; its results are told.</summary>
    public Lane Clone(string label, IFunnelSink sink)
    {
        var clone = new Lane(plan, label, keepsClosed: false);
        clone.open.Clear();
        foreach (var (scope, pass) in open) clone.open.Add((scope, pass.Clone()));
        if (plan.KeepsAll) clone.closed = [.. closed];
        foreach (var (scope, result) in Results) sink.Change(label, scope, null, result);
        return clone;
    }

    private void Tell(in FunnelScope scope, Pass pass, FunnelResult? before, IFunnelSink sink)
    {
        if (plan.Rules.CountsAttempts) before = KeepEnded(scope, pass, before, sink);
        if (!ReferenceEquals(before, pass.Result)) sink.Change(Label, scope, before, pass.Result);
    }

    private FunnelResult? KeepEnded(in FunnelScope scope, Pass pass, FunnelResult? before, IFunnelSink sink)
    {
        foreach (var result in pass.Ended)
        {
            if (!ReferenceEquals(before, result)) sink.Change(Label, scope, before, result);
            if (keepsClosed) Keep(scope, result);
            before = null;
        }
        return before;
    }

    private bool CanEnter(ReadOnlySpan<StepEvent> group)
    {
        var first = plan.Rules.IsUnordered ? uint.MaxValue : 1u;
        foreach (ref readonly var e in group) if ((e.Steps & first) != 0) return true;
        return false;
    }

    // Periods that open together see the same from here on; so does the whole if nothing was entered before.
    private void OpenPeriods(long at)
    {
        Pass? begun = null;
        for (var i = 0; i < plan.Intervals.Count; i++)
        {
            if (IsOpen(FunnelScope.KindOf(plan.Intervals[i]), at)) continue;
            var scope = FunnelScope.Of(plan.Intervals[i], plan.Calendar, at);
            open.Add((scope, begun ??= open[0].Pass.IsFresh ? open[0].Pass : NewPass()));
        }
    }

    // A period stays open at least until its last possible entry.
    private bool IsOpen(byte kind, long at)
    {
        for (var i = open.Count - 1; i >= 0; i--) if (open[i].Scope.Kind == kind && at <= open[i].Scope.LastEntry) return true;
        return false;
    }

    // Before an entry: what takes it and what doesn't go their own ways.
    private void Part(long at)
    {
        for (var i = 0; i < open.Count; i++)
        {
            var (scope, pass) = open[i];
            if (at <= scope.LastEntry || !open.Exists(other => ReferenceEquals(other.Pass, pass) && at <= other.Scope.LastEntry)) continue;
            var left = pass.Clone();
            for (var ended = i; ended < open.Count; ended++)
                if (ReferenceEquals(open[ended].Pass, pass) && at > open[ended].Scope.LastEntry) open[ended] = (open[ended].Scope, left);
        }
    }

    private bool IsShared(Pass pass, int before)
    {
        for (var i = 0; i < before; i++) if (ReferenceEquals(open[i].Pass, pass)) return true;
        return false;
    }

    private Pass NewPass() => spare is not null && spare.TryPop(out var recycled) ? recycled : plan.Rules.NewPass(window, plan.KeepsAll);

    // A period is over when its last possible entry is out of its window.
    private void Close(long at)
    {
        for (var i = open.Count - 1; i >= 0; i--)
        {
            var (scope, pass) = open[i];
            if (at <= scope.LastEntry || !pass.IsIdle(at)) continue;
            if (keepsClosed && pass.Result is { } result) Keep(scope, result);
            Remove(i);
        }
    }

    private void Keep(in FunnelScope scope, FunnelResult result)
    {
        if (ReferenceEquals(closed, None)) closed = [];
        closed.Add((scope, result));
    }

    private void Remove(int index)
    {
        var pass = open[index].Pass;
        open.RemoveAt(index);
        if (spare is null || IsShared(pass, open.Count)) return;
        pass.Reset();
        spare.Push(pass);
    }
}
