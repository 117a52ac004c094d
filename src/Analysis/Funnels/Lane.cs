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
    private readonly Stack<Pass>? spare;
    private OpenScope[] open;
    private int openCount;
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
        open = new OpenScope[1 + plan.Intervals.Count];
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
            for (var i = 0; i < openCount; i++) if (open[i].Pass.Result is { } result) yield return (open[i].Scope, result);
        }
    }

    /// <summary>Starts over, for another person.</summary>
    public void Reset(string? label)
    {
        while (openCount > 0) Remove(openCount - 1);
        closed = None;
        window?.Clear();
        Label = label;
        Open(plan.Main, NewPass());
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
        for (var i = 0; i < openCount; i++)
        {
            var pass = open[i].Pass;
            if (IsShared(pass, i)) continue;
            var before = pass.Result;
            pass.Take(group, mayEnter: at <= open[i].Scope.LastEntry);
            if (ReferenceEquals(before, pass.Result) && !plan.Rules.CountsAttempts) continue;
            for (var sharer = i; sharer < openCount; sharer++)
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
        clone.openCount = 0;
        for (var i = 0; i < openCount; i++) clone.Open(open[i].Scope, open[i].Pass.Clone());
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

    private bool IsShared(Pass pass, int before)
    {
        for (var i = 0; i < before; i++) if (ReferenceEquals(open[i].Pass, pass)) return true;
        return false;
    }

    private Pass NewPass() => spare is not null && spare.TryPop(out var recycled) ? recycled : plan.Rules.NewPass(window, plan.KeepsAll);

    private void Keep(in FunnelScope scope, FunnelResult result)
    {
        if (ReferenceEquals(closed, None)) closed = [];
        closed.Add((scope, result));
    }
}
