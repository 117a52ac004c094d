namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>The sums behind a <see cref="RevenueReport"/>, filled from events or from cells.</summary>
internal sealed class RevenueSums
{
    private readonly long[] starts;
    private readonly SortedDictionary<string, Sum[]> byCurrency = new(StringComparer.Ordinal);
    private readonly Total[] totals;

    public RevenueSums(IReadOnlyList<long> periods)
    {
        starts = [.. periods];
        totals = new Total[starts.Length];
    }

    /// <summary>Sums of one period and currency.</summary>
    public struct Sum
    {
        public Int128 Gross;
        public Int128 Refunds;
        public long Orders;
        public long RefundCount;
        public long Buyers;
        public long LastBuyer;
    }

    /// <summary>Sums of one period.</summary>
    public struct Total
    {
        public long Duplicates;
        public long Unreadable;
        public long Buyers;
        public long LastBuyer;
    }

    /// <summary>Number of the period that holds an instant of the range.</summary>
    public int IndexOf(long instant)
    {
        var index = Array.BinarySearch(starts, instant);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>Number of the period with exactly that start; -1 if the report has none.</summary>
    public int IndexOfStart(long start) => Math.Max(-1, Array.BinarySearch(starts, start));

    public ref Total TotalOf(int period) => ref totals[period];

    public Sum[] SumsOf(string currency)
    {
        if (!byCurrency.TryGetValue(currency, out var sums)) byCurrency.Add(currency, sums = new Sum[starts.Length]);
        return sums;
    }

    public void Add(RevenueSums other)
    {
        foreach (var (currency, theirs) in other.byCurrency)
        {
            var ours = SumsOf(currency);
            for (var i = 0; i < ours.Length; i++)
            {
                ours[i].Gross += theirs[i].Gross;
                ours[i].Refunds += theirs[i].Refunds;
                ours[i].Orders += theirs[i].Orders;
                ours[i].RefundCount += theirs[i].RefundCount;
                ours[i].Buyers += theirs[i].Buyers;
            }
        }
        for (var i = 0; i < totals.Length; i++)
        {
            totals[i].Duplicates += other.totals[i].Duplicates;
            totals[i].Unreadable += other.totals[i].Unreadable;
            totals[i].Buyers += other.totals[i].Buyers;
        }
    }

    public RevenueReport ToReport(OrdersQuery query) => new(
        query.Interval,
        starts,
        [.. byCurrency.Where(pair => IsShown(pair.Key, pair.Value, query)).Select(pair => new CurrencyRevenue(pair.Key, PeriodsOf(pair.Value)))],
        [.. totals.Select((total, i) => new RevenueTotals(starts[i], total.Duplicates, total.Unreadable, total.Buyers))]);

    private static bool IsShown(string currency, Sum[] sums, OrdersQuery query) =>
        (query.CurrencyCode ?? currency) == currency && Array.Exists(sums, sum => sum.Orders + sum.RefundCount > 0);

    private RevenuePeriod[] PeriodsOf(Sum[] sums) =>
        [.. sums.Select((sum, i) => new RevenuePeriod(starts[i], sum.Gross, sum.Refunds, sum.Orders, sum.RefundCount, sum.Buyers))];
}
