using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// The cells of a funnel. <c>funnel_counts</c>: how many reached a step (an optional one: did it), by kind and start of the scope, step and value.
/// <c>funnel_times</c>: how many took how long, to the millisecond, from one step to another; for whole and named ranges only.
/// Kind 0 is all time, 1 + <see cref="Time.Period"/> a period of entry, 9 a named range whose number is its start. The empty value is the funnel as a
/// whole; with first or last touch a person is in exactly one value and the whole is their sum.
/// </summary>
public static class FunnelCells
{
    /// <summary>Number of <c>funnel_counts</c>.</summary>
    public const short Counts = 0;

    /// <summary>Number of <c>funnel_times</c>.</summary>
    public const short Times = 1;

    private const long KindFactor = 10_000;
    private const long FromFactor = 100;

    /// <summary>The two tables.</summary>
    public static IReadOnlyList<CellTable> Tables { get; } =
    [
        new("funnel_counts",
        [
            new CellColumn("scope", CellPart.A, CellColumnType.Long),
            new CellColumn("start", CellPart.B, CellColumnType.Long),
            new CellColumn("step", CellPart.C, CellColumnType.Long),
            new CellColumn("value", CellPart.Text, CellColumnType.Text),
        ], ["reached"]),
        new("funnel_times",
        [
            new CellColumn("scope_from_to", CellPart.A, CellColumnType.Long),
            new CellColumn("start", CellPart.B, CellColumnType.Long),
            new CellColumn("milliseconds", CellPart.C, CellColumnType.Long),
            new CellColumn("value", CellPart.Text, CellColumnType.Text),
        ], ["persons"]),
    ];

    /// <summary>The pairs of steps whose times are kept: each required step from the required one before it and from the first, and what the histogram asks for.</summary>
    public static IReadOnlyList<(int From, int To)> TimePairs(FunnelQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var rules = new FunnelRules(query);
        var pairs = new SortedSet<(int From, int To)>();
        for (var step = 2; step <= rules.Steps; step++)
        {
            if (rules.IsOptional(step)) continue;
            pairs.Add((rules.RequiredBefore(step), step));
            pairs.Add((1, step));
        }
        if (query.Histogram is { } histogram) pairs.Add((histogram.FromStep ?? 1, histogram.ToStep ?? rules.Steps));
        return [.. pairs.Where(pair => pair.From < pair.To)];
    }

    internal static CellKey CountKey(long revision, in FunnelScope scope, int step, string label) => new(Counts, revision, scope.Kind, scope.Start, step, label);

    internal static CellKey TimeKey(long revision, in FunnelScope scope, (int From, int To) pair, long milliseconds, string label) =>
        new(Times, revision, TimeScope(scope.Kind, pair), scope.Start, milliseconds, label);

    internal static long TimeScope(byte kind, (int From, int To) pair) => (kind * KindFactor) + (pair.From * FromFactor) + pair.To;

    internal static (byte Kind, int From, int To) OfTimeScope(long scope) => ((byte)(scope / KindFactor), (int)(scope / FromFactor % FromFactor), (int)(scope % FromFactor));
}

/// <summary>Turns changes of results into changes of cells.</summary>
internal sealed class FunnelEmitter(FunnelRules rules, (int From, int To)[] pairs, long revision, ICellSink cells) : IFunnelSink
{
    /// <inheritdoc/>
    public void Change(string? label, in FunnelScope scope, FunnelResult? before, FunnelResult? after)
    {
        for (var step = 1; step <= rules.Steps; step++)
        {
            var delta = Reaches(after, step) - Reaches(before, step);
            if (delta != 0) cells.Add(FunnelCells.CountKey(revision, scope, step, label ?? ""), 0, delta);
        }
        if (!scope.KeepsTimes) return;
        foreach (var pair in pairs)
        {
            var (old, now) = (Duration(before, pair), Duration(after, pair));
            if (old == now) continue;
            if (old is { } gone) cells.Add(FunnelCells.TimeKey(revision, scope, pair, gone, label ?? ""), 0, -1);
            if (now is { } come) cells.Add(FunnelCells.TimeKey(revision, scope, pair, come, label ?? ""), 0, 1);
        }
    }

    private int Reaches(FunnelResult? result, int step) => Reaches(rules, result, step) ? 1 : 0;

    /// <summary>Whether a result counts for a step: reached it or deeper; an optional step must itself have been done.</summary>
    public static bool Reaches(FunnelRules rules, FunnelResult? result, int step) =>
        result is { IsTainted: false } && (rules.IsOptional(step) ? result.Holds(step) : result.Depth >= step);

    private static long? Duration(FunnelResult? result, (int From, int To) pair) =>
        result is { IsTainted: false } && result.Holds(pair.From) && result.Holds(pair.To) ? result.At(pair.To).At - result.At(pair.From).At : null;
}
