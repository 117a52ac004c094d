using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>What must be known of a person to count its next order.</summary>
public sealed class RevenueState
{
    internal long Orders { get; set; }

    internal LastOrders Last;
}

/// <summary>
/// Revenue, stored: cells per period and currency, for each kind of period by itself, because distinct buyers don't add up over periods.
/// </summary>
public sealed class RevenueFold : Fold<RevenueState>
{
    private static readonly Period[] Kept = [Period.Hour, Period.Day, Period.Week, Period.Month, Period.Quarter];

    private readonly OrderEvents orders;
    private readonly Calendar calendar;

    /// <summary>The fold of one revision of a project's settings.</summary>
    /// <exception cref="ArgumentException">The settings are not valid.</exception>
    public RevenueFold(long revision, RevenueSettings settings, Calendar calendar)
    {
        Revision = revision;
        orders = new OrderEvents(settings);
        this.calendar = calendar;
    }

    /// <summary>The tables; see <see cref="RevenueTables"/>.</summary>
    public static IReadOnlyList<CellTable> Tables => RevenueTables.All;

    /// <summary>The kinds of period that cells are kept for. Minutes are answered ad hoc.</summary>
    public static IReadOnlyList<Period> StoredPeriods => Kept;

    /// <inheritdoc/>
    public override long Revision { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names => orders.Names;

    /// <summary>Why cells can't answer a query; null if they can. Then the query is answered ad hoc.</summary>
    public static string? WhyNotStored(Calendar calendar, OrdersQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        return RevenueQuestion.WhyNotStored(calendar, query.WeekStart, query.Interval, query.Range, Kept);
    }

    /// <summary>The cells that a query needs.</summary>
    public static IReadOnlyList<CellSelection> Selections(Calendar calendar, OrdersQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var kind = (long)query.Interval;
        return
        [
            new(RevenueTables.Orders, kind, kind, query.Range.From, query.Range.To, query.CurrencyCode),
            new(RevenueTables.OrderTotals, kind, kind, query.Range.From, query.Range.To),
        ];
    }

    /// <summary>The report that stored cells hold.</summary>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="query">A query that <see cref="WhyNotStored"/> has nothing against.</param>
    /// <param name="cells">At least the cells of <see cref="Selections"/>, of one revision; cells of other tables and periods are passed over.</param>
    public static RevenueReport Build(Calendar calendar, OrdersQuery query, IEnumerable<KeyValuePair<CellKey, Int128[]>> cells)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(cells);
        var sums = new RevenueSums(calendar.PeriodsOf(query.Interval, query.Range));
        foreach (var (key, row) in cells)
        {
            if (key.A != (long)query.Interval || sums.IndexOfStart(key.B) is not (>= 0 and var period)) continue;
            if (key.Table == RevenueTables.Orders) Take(row, ref sums.SumsOf(key.Text)[period]);
            else if (key.Table == RevenueTables.OrderTotals) Take(row, ref sums.TotalOf(period));
        }
        return sums.ToReport(query);
    }

    /// <summary>The cells that <see cref="BuildOrderCounts"/> needs.</summary>
    public static IReadOnlyList<CellSelection> OrderCountsSelections { get; } = [new(RevenueTables.OrderCounts)];

    /// <summary>How many persons made how many orders, from cells.</summary>
    public static OrderCountsReport BuildOrderCounts(IEnumerable<KeyValuePair<CellKey, Int128[]>> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var rows = cells.Where(cell => cell.Key.Table == RevenueTables.OrderCounts && cell.Value[0] != 0).OrderBy(cell => cell.Key.A);
        return new OrderCountsReport([.. rows.Select(cell => new OrderCount((int)cell.Key.A, (long)cell.Value[0]))]);
    }

    /// <inheritdoc/>
    protected override void Apply(RevenueState state, in PersonEvent e, ICellSink sink)
    {
        var role = orders.RoleOf(e.Event);
        if (role == OrderRole.None) return;
        if (orders.Read(e.Event, out var money) != MoneyFault.None) CountTotal(e.At, OrderCell.Unreadable, sink);
        else if (role == OrderRole.Refund) CountRefund(e.At, money, sink);
        else if (e.IsRepeatedOrder) CountTotal(e.At, OrderCell.Duplicates, sink);
        else CountOrder(state, e.At, money, sink);
    }

    /// <inheritdoc/>
    protected override void Write(RevenueState state, StateWriter writer)
    {
        writer.Int64(state.Orders);
        state.Last.Write(writer);
    }

    /// <inheritdoc/>
    protected override RevenueState Read(ref StateReader reader) => new() { Orders = reader.Int64(), Last = LastOrders.Read(ref reader) };

    private void CountTotal(long at, int measure, ICellSink sink)
    {
        foreach (var kind in Kept) sink.Add(new CellKey(RevenueTables.OrderTotals, Revision, (long)kind, calendar.StartOf(kind, at)), measure, 1);
    }

    private void CountRefund(long at, Money money, ICellSink sink)
    {
        foreach (var kind in Kept)
        {
            var key = new CellKey(RevenueTables.Orders, Revision, (long)kind, calendar.StartOf(kind, at), Text: money.Currency.Code);
            if (money.Minor != 0) sink.Add(key, OrderCell.Refunds, money.Minor);
            sink.Add(key, OrderCell.RefundCount, 1);
        }
    }

    private void CountOrder(RevenueState state, long at, Money money, ICellSink sink)
    {
        var lastInAny = state.Last.InAny;
        var last = state.Last.Replace(money.Currency, at);
        foreach (var kind in Kept)
        {
            var start = calendar.StartOf(kind, at);
            var key = new CellKey(RevenueTables.Orders, Revision, (long)kind, start, Text: money.Currency.Code);
            if (money.Minor != 0) sink.Add(key, OrderCell.Gross, money.Minor);
            sink.Add(key, OrderCell.Orders, 1);
            if (last < start) sink.Add(key, OrderCell.Buyers, 1);
            if (lastInAny < start) sink.Add(new CellKey(RevenueTables.OrderTotals, Revision, (long)kind, start), OrderCell.TotalBuyers, 1);
        }
        CountRepeat(state, sink);
    }

    private void CountRepeat(RevenueState state, ICellSink sink)
    {
        var before = Math.Min(state.Orders, RevenueLimits.MaxOrderCount);
        state.Orders++;
        var after = Math.Min(state.Orders, RevenueLimits.MaxOrderCount);
        if (before == after) return;
        if (before > 0) sink.Add(new CellKey(RevenueTables.OrderCounts, Revision, before), 0, -1);
        sink.Add(new CellKey(RevenueTables.OrderCounts, Revision, after), 0, 1);
    }

    private static void Take(Int128[] row, ref RevenueSums.Sum sum)
    {
        sum.Gross += row[OrderCell.Gross];
        sum.Refunds += row[OrderCell.Refunds];
        sum.Orders += (long)row[OrderCell.Orders];
        sum.RefundCount += (long)row[OrderCell.RefundCount];
        sum.Buyers += (long)row[OrderCell.Buyers];
    }

    private static void Take(Int128[] row, ref RevenueSums.Total total)
    {
        total.Duplicates += (long)row[OrderCell.Duplicates];
        total.Unreadable += (long)row[OrderCell.Unreadable];
        total.Buyers += (long)row[OrderCell.TotalBuyers];
    }
}
