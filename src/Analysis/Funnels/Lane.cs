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
/// The funnel of one breakdown value (or of all): a pass for the whole range and one for each period in which an entry may still go on.
/// </summary>
internal sealed partial class Lane
{
    private readonly LanePlan plan;
    private readonly List<(FunnelScope Scope, Pass Pass)> open = [];
    private readonly List<(FunnelScope Scope, FunnelResult Result)> closed = [];
    private readonly Stack<Pass> spare = [];
    private readonly UnorderedWindow? window;
    private readonly long[] openUntil;
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
        window = plan.Rules.IsUnordered ? new UnorderedWindow(plan.Rules.Window) : null;
        openUntil = new long[plan.Intervals.Count];
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
        foreach (var (_, pass) in open) Recycle(pass);
        open.Clear();
        closed.Clear();
        window?.Clear();
        Array.Fill(openUntil, long.MinValue);
        Label = label;
        Open(plan.Main);
    }

    /// <summary>Takes the events of one millisecond.</summary>
    public void Take(ReadOnlySpan<StepEvent> group, IFunnelSink sink)
    {
        var at = group[0].At;
        if (plan.Intervals.Count > 0)
        {
            Close(at);
            if (CanEnter(group)) OpenPeriods(at);
        }
        window?.Add(group);
        foreach (var (scope, pass) in open)
        {
            var before = pass.Result;
            pass.Take(group, mayEnter: at <= scope.LastEntry);
            if (plan.Rules.CountsAttempts) before = KeepEnded(scope, pass, before, sink);
            if (!ReferenceEquals(before, pass.Result)) sink.Change(Label, scope, before, pass.Result);
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
        closed.Clear();
    }

    /// <summary>A lane of another value in the same state; its results are told.</summary>
    public Lane Clone(string label, IFunnelSink sink)
    {
        var clone = new Lane(plan, label, keepsClosed: false);
        clone.open.Clear();
        foreach (var (scope, pass) in open) clone.open.Add((scope, pass.Clone()));
        openUntil.CopyTo(clone.openUntil, 0);
        if (plan.KeepsAll) clone.closed.AddRange(closed);
        foreach (var (scope, result) in Results) sink.Change(label, scope, null, result);
        return clone;
    }

    private FunnelResult? KeepEnded(in FunnelScope scope, Pass pass, FunnelResult? before, IFunnelSink sink)
    {
        foreach (var result in pass.Ended)
        {
            if (!ReferenceEquals(before, result)) sink.Change(Label, scope, before, result);
            if (keepsClosed) closed.Add((scope, result));
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

    private void OpenPeriods(long at)
    {
        for (var i = 0; i < openUntil.Length; i++)
        {
            if (at <= openUntil[i]) continue;
            var scope = FunnelScope.Of(plan.Intervals[i], plan.Calendar, at);
            openUntil[i] = scope.LastEntry;
            Open(scope);
        }
    }

    private Pass Open(FunnelScope scope)
    {
        var pass = spare.TryPop(out var recycled) ? recycled : plan.Rules.NewPass(window);
        open.Add((scope, pass));
        return pass;
    }

    // A period is over when its last possible entry is out of its window.
    private void Close(long at)
    {
        for (var i = open.Count - 1; i >= 0; i--)
        {
            var (scope, pass) = open[i];
            if (at <= scope.LastEntry || !pass.IsIdle(at)) continue;
            if (keepsClosed && pass.Result is { } result) closed.Add((scope, result));
            open.RemoveAt(i);
            Recycle(pass);
        }
    }

    private void Recycle(Pass pass)
    {
        pass.Reset();
        spare.Push(pass);
    }
}
