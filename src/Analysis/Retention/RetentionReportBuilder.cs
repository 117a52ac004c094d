using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>Sums cells into matrices and divides, once.</summary>
internal sealed class RetentionReportBuilder
{
    private readonly RetentionQuery query;
    private readonly long revision;
    private readonly IReadOnlyList<long> cohorts;
    private readonly int intervals;
    private readonly Dictionary<long, int> rows = [];

    public RetentionReportBuilder(RetentionQuery query, Calendar calendar, long revision)
    {
        this.query = query;
        this.revision = revision;
        (cohorts, intervals) = RetentionReport.Shape(query, calendar);
        for (var i = 0; i < cohorts.Count; i++) rows[cohorts[i]] = i;
    }

    private bool IsAmount => query.Value >= RetentionValue.Sum;

    public RetentionReport Build(CellSet cells)
    {
        var total = new Sums(this);
        var byValue = new Dictionary<string, Sums>(StringComparer.Ordinal);
        foreach (var (key, measures) in cells.Rows)
        {
            if (key.Revision != revision || !rows.TryGetValue(key.A, out var row) || key.B >= ColumnsOf(row)) continue;
            if (key.Table is RetentionCells.Total or RetentionCells.Amounts) total.Add(row, key, measures);
            else if (query.Breakdown is not null)
            {
                if (!byValue.TryGetValue(key.Text, out var sums)) byValue[key.Text] = sums = new Sums(this);
                sums.Add(row, key, measures);
            }
        }
        var ranked = byValue.Where(pair => pair.Value.Sizes.Sum() > 0)
            .OrderByDescending(pair => pair.Value.Sizes.Sum()).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        return new RetentionReport(
            query.Period, query.Value, intervals, cohorts,
            [.. total.ToMatrices([])],
            [.. ranked.Take(Limits.MaxShownValues).SelectMany(pair => pair.Value.ToMatrices(BreakdownKey.Labels(pair.Key)))],
            Math.Max(0, ranked.Count - Limits.MaxShownValues));
    }

    private int ColumnsOf(int row) => Math.Min(intervals, cohorts.Count - row);

    private sealed class Sums
    {
        private readonly RetentionReportBuilder report;
        private readonly SortedDictionary<long, (Int128 Amount, long Count)[][]> byCurrency = [];

        public Sums(RetentionReportBuilder report)
        {
            this.report = report;
            Sizes = new long[report.cohorts.Count];
        }

        public long[] Sizes { get; }

        public void Add(int row, in CellKey key, Int128[] measures)
        {
            if (key.Table is RetentionCells.Amounts or RetentionCells.AmountsByValue)
            {
                ref var sum = ref At(key.C, row, key.B);
                sum = (sum.Amount + measures[RetentionCells.Units], sum.Count + (long)measures[RetentionCells.Count]);
                return;
            }
            if (key.B == 0) Sizes[row] += (long)measures[RetentionCells.Customers];
            if (report.IsAmount || key.C >= Math.Min(report.ColumnsOf(row), report.intervals)) return;
            var count = measures[report.query.Value == RetentionValue.Events ? RetentionCells.Events : RetentionCells.Customers];
            ref var cell = ref At(0, row, key.B);
            cell = (cell.Amount + count, cell.Count + (long)count);
        }

        public IEnumerable<RetentionMatrix> ToMatrices(IReadOnlyList<string> value)
        {
            if (byCurrency.Count == 0) byCurrency[0] = Empty();
            foreach (var (currency, sums) in byCurrency)
            {
                var rows = sums.Select((cells, row) => new RetentionRow(report.cohorts[row], Sizes[row], ToCells(row, cells))).ToList();
                var mean = Enumerable.Range(0, report.intervals).Select(k => Mean(sums, k)).ToList();
                yield return new RetentionMatrix(value, CurrencyNumber.CodeOf(currency), rows, mean);
            }
        }

        private List<RetentionCell> ToCells(int row, (Int128 Amount, long Count)[] sums)
        {
            var cells = new List<RetentionCell>(sums.Length);
            double? first = null, previous = null;
            for (var k = 0; k < sums.Length; k++)
            {
                var value = report.Show(sums[k].Amount, report.query.Value == RetentionValue.Average ? sums[k].Count : 1);
                if (k == 0) first = value;
                cells.Add(new RetentionCell(k, report.cohorts[row + k], sums[k].Amount, sums[k].Count, value, Share(value, first), k == 0 ? null : Share(value, previous)));
                previous = value;
            }
            return cells;
        }

        private double? Mean((Int128 Amount, long Count)[][] sums, int interval)
        {
            Int128 amount = 0;
            long divisor = 0;
            for (var row = 0; row < sums.Length && interval < sums[row].Length; row++)
            {
                amount += sums[row][interval].Amount;
                divisor += report.query.Value == RetentionValue.Average ? sums[row][interval].Count : Sizes[row];
            }
            return report.Show(amount, divisor);
        }

        private ref (Int128 Amount, long Count) At(long currency, int row, long interval)
        {
            if (!byCurrency.TryGetValue(currency, out var sums)) byCurrency[currency] = sums = Empty();
            return ref sums[row][interval];
        }

        private (Int128, long)[][] Empty() => [.. Enumerable.Range(0, report.cohorts.Count).Select(row => new (Int128, long)[report.ColumnsOf(row)])];

        private static double? Share(double? value, double? of) => value is { } part && of is { } whole && whole != 0 ? part / whole : null;
    }

    private double? Show(Int128 amount, long divisor)
    {
        if (divisor == 0) return null;
        var value = (double)amount / divisor;
        return query.Value is RetentionValue.Sum or RetentionValue.Average ? value / FixedDecimal.UnitsPerOne : value;
    }
}
