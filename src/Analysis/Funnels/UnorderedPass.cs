using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// The unordered funnel: how many different steps, each with an event of its own, lie inside one window that starts with an event that may enter.
/// The record moves at the first event that makes the number larger.
/// </summary>
internal sealed class UnorderedPass(FunnelRules rules, UnorderedWindow window, bool keepsPositions) : Pass
{
    private long firstEntry = long.MaxValue;
    private long lastEntry = long.MinValue;

    private bool IsComplete => Result?.Depth == rules.Steps;

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        var at = group[0].At;
        if (IsComplete || !MatchesAny(group)) return;
        if (mayEnter)
        {
            if (IsIdle(at)) firstEntry = at;
            lastEntry = at;
        }
        if (IsIdle(at)) return;
        var chosen = window.Deepest(Math.Max(firstEntry, at - rules.Window));
        if (chosen.Count <= (Result?.Depth ?? 0)) return;
        Result = new FunnelResult(chosen.Count, (uint)((1L << chosen.Count) - 1), ChainOf(chosen), tainted: false);
    }

    /// <inheritdoc/>
    public override bool IsIdle(long at) => IsComplete || lastEntry == long.MinValue || at - lastEntry > rules.Window;

    /// <summary>Time since which events can still move the record; <see cref="long.MaxValue"/> if none can.</summary>
    public long NeededSince(long at) => IsIdle(at) ? long.MaxValue : Math.Max(firstEntry, at - rules.Window);

    /// <inheritdoc/>
    public override bool IsFresh => Result is null && lastEntry == long.MinValue;

    /// <inheritdoc/>
    public override void Reset()
    {
        Result = null;
        firstEntry = long.MaxValue;
        lastEntry = long.MinValue;
    }

    /// <inheritdoc/>
    /// <remarks>Of the same lane: it looks at the same window.</remarks>
    public override Pass Clone() => new UnorderedPass(rules, window, keepsPositions) { Result = Result, firstEntry = firstEntry, lastEntry = lastEntry };

    /// <inheritdoc/>
    public override void Write(StateWriter writer, long at)
    {
        FunnelResult.Write(Result, writer);
        var isIdle = IsIdle(at);
        writer.Bool(isIdle);
        if (isIdle) return;
        writer.Int64(NeededSince(at));
        writer.Int64(lastEntry);
    }

    /// <inheritdoc/>
    public override void Read(ref StateReader reader)
    {
        Result = FunnelResult.Read(ref reader);
        if (reader.Bool()) return;
        firstEntry = reader.Int64();
        lastEntry = reader.Int64();
    }

    private long[] ChainOf(List<FunnelTouch> chosen)
    {
        var chain = new long[keepsPositions ? 2 * chosen.Count : chosen.Count];
        for (var i = 0; i < chosen.Count; i++)
        {
            chain[i] = chosen[i].At;
            if (keepsPositions) chain[chosen.Count + i] = chosen[i].Position;
        }
        return chain;
    }

    private static bool MatchesAny(ReadOnlySpan<StepEvent> group)
    {
        foreach (ref readonly var e in group) if (e.Steps != 0) return true;
        return false;
    }
}
