using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// Hold constant: an ordered pass per value of the property. An event without the property, or with another value, fills no step; an excluded event
/// acts on every value. The result is the deepest of the values that are not tainted.
/// </summary>
internal sealed class ConstantPass(FunnelRules rules, bool keepsPositions) : Pass
{
    // The events of one value, for the time of a call.
    [ThreadStatic]
    private static StepEvent[]? scratch;

    private readonly Dictionary<string, OrderedPass> values = new(StringComparer.Ordinal);
    private FunnelResult? settled;

    // What is out of its window can't be tainted any more and, where every step-1 event is an entry, need not be remembered by value.
    private bool Forgets => !rules.HasExclusions && !rules.SingleEntry;

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<StepEvent> group, bool mayEnter)
    {
        if (Forgets) Settle(group[0].At);
        foreach (ref readonly var e in group)
            if (e.Tags?.Constant is { } value && (e.Steps & 1) != 0 && !values.ContainsKey(value)) values.Add(value, new OrderedPass(rules, keepsPositions));
        var best = settled;
        foreach (var (value, pass) in values)
        {
            var own = OwnEvents(group, value);
            if (own.Length > 0) pass.Take(own, mayEnter);
            if (pass.Result is { IsTainted: false }) best = FunnelResult.Better(best, pass.Result);
        }
        Result = best;
    }

    /// <inheritdoc/>
    public override bool IsIdle(long at)
    {
        foreach (var pass in values.Values) if (!pass.IsIdle(at)) return false;
        return true;
    }

    /// <inheritdoc/>
    public override bool IsFresh => Result is null && settled is null && values.Count == 0;

    /// <inheritdoc/>
    public override void Reset()
    {
        Result = settled = null;
        values.Clear();
    }

    /// <inheritdoc/>
    public override Pass Clone()
    {
        var clone = new ConstantPass(rules, keepsPositions) { Result = Result, settled = settled };
        foreach (var (value, pass) in values) clone.values.Add(value, (OrderedPass)pass.Clone());
        return clone;
    }

    /// <inheritdoc/>
    public override void Write(StateWriter writer, long at)
    {
        if (Forgets) Settle(at);
        FunnelResult.Write(settled, writer);
        writer.Int64(values.Count);
        foreach (var (value, pass) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(value);
            pass.Write(writer, at);
        }
    }

    /// <inheritdoc/>
    public override void Read(ref StateReader reader)
    {
        Result = settled = FunnelResult.Read(ref reader);
        for (var count = reader.Int64(); count > 0; count--)
        {
            var pass = new OrderedPass(rules, keepsPositions);
            values.Add(reader.Text()!, pass);
            pass.Read(ref reader);
            if (pass.Result is { IsTainted: false }) Result = FunnelResult.Better(Result, pass.Result);
        }
    }

    private void Settle(long at)
    {
        foreach (var (value, pass) in values)
        {
            if (!pass.IsIdle(at)) continue;
            settled = FunnelResult.Better(settled, pass.Result);
            values.Remove(value);
        }
    }

    private ReadOnlySpan<StepEvent> OwnEvents(ReadOnlySpan<StepEvent> group, string value)
    {
        var buffer = scratch;
        if (buffer is null || buffer.Length < group.Length) scratch = buffer = new StepEvent[Math.Max(group.Length, 8)];
        var count = 0;
        foreach (ref readonly var e in group)
        {
            if (e.Steps != 0 && string.Equals(e.Tags?.Constant, value, StringComparison.Ordinal)) buffer[count++] = e;
            else if (e.Taints != 0 || rules.IsStrict) buffer[count++] = e with { Steps = 0 };
        }
        return buffer.AsSpan(0, count);
    }
}
