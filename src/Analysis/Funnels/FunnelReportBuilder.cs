using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>Makes a report of cells, the same for stored and ad-hoc ones.</summary>
internal sealed class FunnelReportBuilder
{
    private const string Other = "Other";

    private readonly FunnelRules rules;
    private readonly Calendar calendar;
    private readonly FunnelScope scope;
    private readonly (Period Interval, IReadOnlyList<long> Starts)? trend;
    private readonly Dictionary<string, LabelCells> labels = new(StringComparer.Ordinal);

    /// <summary>A builder.</summary>
    /// <param name="rules">The funnel.</param>
    /// <param name="calendar">Where periods end.</param>
    /// <param name="scope">The range that steps and breakdowns are of.</param>
    /// <param name="trend">Interval and starts of the periods of entry to show.</param>
    public FunnelReportBuilder(FunnelRules rules, Calendar calendar, FunnelScope scope, (Period Interval, IReadOnlyList<long> Starts)? trend)
    {
        this.rules = rules;
        this.calendar = calendar;
        this.scope = scope;
        this.trend = trend;
    }

    private FunnelBreakdown? Breakdown => rules.Query.Breakdown;

    /// <summary>Whether the values add up to the whole, each person being in exactly one.</summary>
    public static bool ValuesAddUp(FunnelBreakdown? breakdown) => breakdown?.Attribution is FunnelAttribution.FirstTouch or FunnelAttribution.LastTouch;

    /// <summary>Takes one row of cells.</summary>
    public void Add(in CellKey key, Int128 sum)
    {
        if (sum == 0) return;
        if (!labels.TryGetValue(key.Text, out var cells)) labels.Add(key.Text, cells = new LabelCells());
        if (key.Table == FunnelCells.Counts)
        {
            cells.AddCount((byte)key.A, key.B, (int)key.C, (long)sum);
            return;
        }
        var (kind, from, to) = FunnelCells.OfTimeScope(key.A);
        if (kind == scope.Kind && key.B == scope.Start) cells.AddTime((from, to), key.C, (long)sum);
    }

    /// <summary>The values beyond the limit, by popularity: they are shown together as "Other".</summary>
    public IReadOnlySet<string> Rest => Ranked().Skip(Breakdown?.Limit ?? 0).ToHashSet(StringComparer.Ordinal);

    /// <summary>The report.</summary>
    /// <param name="other">Corrections to "Other" for persons who are in several of its values.</param>
    /// <param name="correlation">What goes with converting.</param>
    public FunnelReport Build(LabelCells? other = null, IReadOnlyList<FunnelCorrelationRow>? correlation = null)
    {
        var whole = ValuesAddUp(Breakdown) ? Sum(labels.Values) : labels.GetValueOrDefault("") ?? new LabelCells();
        var histogram = rules.Query.Histogram;
        var times = FunnelCells.TimePairs(rules.Query).ToDictionary(pair => pair, whole.Times);
        var report = new FunnelReport(Steps(whole), Breakdown is null ? [] : Rows(other), Trend(whole), null, correlation ?? []) { Times = times };
        return histogram is null ? report : report with { Histogram = report.HistogramOf(histogram.FromStep, histogram.ToStep, histogram.Bins) };
    }

    private List<FunnelBreakdownRow> Rows(LabelCells? corrections)
    {
        var ranked = Ranked();
        var rows = ranked.Take(Breakdown!.Limit).Select(label => new FunnelBreakdownRow(BreakdownLabel.Split(label), false, Steps(labels[label]), Trend(labels[label]))).ToList();
        if (ranked.Count <= rows.Count) return rows;
        var rest = Sum(ranked.Skip(rows.Count).Select(label => labels[label]).Concat(corrections is null ? [] : [corrections]));
        rows.Add(new FunnelBreakdownRow([Other], true, Steps(rest), Trend(rest)));
        return rows;
    }

    // Values rank by persons at step 1, then by text.
    private List<string> Ranked() =>
        [.. labels.Where(entry => entry.Key.Length > 0 && entry.Value.Count(scope, 1) > 0).OrderByDescending(entry => entry.Value.Count(scope, 1)).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Key)];

    private FunnelReportStep[] Steps(LabelCells cells)
    {
        var steps = new FunnelReportStep[rules.Steps];
        var first = cells.Count(scope, 1);
        for (var step = 1; step <= steps.Length; step++)
        {
            var count = cells.Count(scope, step);
            var before = step == 1 ? count : cells.Count(scope, rules.RequiredBefore(step));
            var times = step == 1 || rules.IsOptional(step) ? Durations.None : cells.Times((rules.RequiredBefore(step), step));
            steps[step - 1] = new FunnelReportStep(step, count, Share(count, first), Share(count, before), before - count, times.AverageSeconds, times.MedianSeconds, times.P90Seconds);
        }
        return steps;
    }

    private FunnelTrendPoint[] Trend(LabelCells cells)
    {
        if (trend is not { } shown) return [];
        var from = rules.Query.Trend?.FromStep ?? 1;
        var to = rules.Query.Trend?.ToStep ?? rules.Steps;
        return [.. shown.Starts.Select(start =>
        {
            var period = FunnelScope.Of(shown.Interval, calendar, start);
            return new FunnelTrendPoint(start, period.LastEntry + 1 + rules.Window, cells.Count(period, from), cells.Count(period, to));
        })];
    }

    private static LabelCells Sum(IEnumerable<LabelCells> parts)
    {
        var sum = new LabelCells();
        foreach (var part in parts) sum.AddAll(part);
        return sum;
    }

    private static double? Share(long count, long of) => of == 0 ? null : (double)count / of;
}

/// <summary>The cells of one breakdown value.</summary>
internal sealed class LabelCells
{
    private readonly Dictionary<(byte Kind, long Start, int Step), long> counts = [];
    private readonly Dictionary<(int From, int To), List<(long Milliseconds, long Count)>> times = [];

    /// <summary>How many reached a step in a scope.</summary>
    public long Count(in FunnelScope scope, int step) => counts.GetValueOrDefault((scope.Kind, scope.Start, step));

    /// <summary>The times between two steps in the report's scope.</summary>
    public Durations Times((int From, int To) pair) => times.TryGetValue(pair, out var list) ? new Durations(list) : Durations.None;

    /// <summary>Adds to a count.</summary>
    public void AddCount(byte kind, long start, int step, long count) => counts[(kind, start, step)] = counts.GetValueOrDefault((kind, start, step)) + count;

    /// <summary>Adds conversion times.</summary>
    public void AddTime((int From, int To) pair, long milliseconds, long count)
    {
        if (!times.TryGetValue(pair, out var list)) times.Add(pair, list = []);
        list.Add((milliseconds, count));
    }

    /// <summary>Adds another value's cells.</summary>
    public void AddAll(LabelCells other)
    {
        foreach (var ((kind, start, step), count) in other.counts) AddCount(kind, start, step, count);
        foreach (var (pair, list) in other.times) foreach (var (milliseconds, count) in list) AddTime(pair, milliseconds, count);
    }
}
