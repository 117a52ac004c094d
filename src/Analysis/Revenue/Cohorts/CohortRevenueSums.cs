namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>The sums behind a <see cref="CohortRevenueReport"/>, filled from events or from cells.</summary>
internal sealed class CohortRevenueSums
{
    private readonly long[] starts;
    private readonly long[] customers;
    private readonly Sum[][] rows;

    public CohortRevenueSums(IReadOnlyList<long> periods, int intervals)
    {
        starts = [.. periods];
        customers = new long[starts.Length];
        rows = [.. starts.Select((_, row) => new Sum[Math.Min(intervals, starts.Length - row)])];
    }

    /// <summary>Sums of one row and period.</summary>
    public struct Sum
    {
        public Int128 Gross;
        public Int128 Refunds;
        public long Orders;
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

    /// <summary>The columns of a row.</summary>
    public Span<Sum> Row(int row) => rows[row];

    public void AddCustomers(int row, long count) => customers[row] += count;

    public void Add(CohortRevenueSums other)
    {
        for (var row = 0; row < rows.Length; row++)
        {
            customers[row] += other.customers[row];
            for (var k = 0; k < rows[row].Length; k++)
            {
                ref var ours = ref rows[row][k];
                ref readonly var theirs = ref other.rows[row][k];
                ours.Gross += theirs.Gross;
                ours.Refunds += theirs.Refunds;
                ours.Orders += theirs.Orders;
                ours.Buyers += theirs.Buyers;
            }
        }
    }

    public CohortRevenueReport ToReport(CohortRevenueQuery query) =>
        new(query.Period, query.CurrencyCode, starts, [.. rows.Select((_, row) => new CohortRevenueRow(starts[row], customers[row], CellsOf(row)))]);

    private CohortRevenueCell[] CellsOf(int row)
    {
        var cells = new CohortRevenueCell[rows[row].Length];
        Int128 cumulative = 0;
        for (var k = 0; k < cells.Length; k++)
        {
            ref readonly var sum = ref rows[row][k];
            cumulative += sum.Gross - sum.Refunds;
            double? perCustomer = customers[row] == 0 ? null : (double)cumulative / customers[row];
            cells[k] = new CohortRevenueCell(starts[row + k], sum.Gross, sum.Refunds, sum.Orders, sum.Buyers, cumulative, perCustomer);
        }
        return cells;
    }
}
