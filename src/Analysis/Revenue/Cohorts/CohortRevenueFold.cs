using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>What must be known of a person to put its next order or refund into its cohort.</summary>
public sealed class CohortRevenueState
{
    /// <summary>When its first counted order was; null before it.</summary>
    internal long? AcquiredAt { get; set; }

    internal LastOrders Last;

    /// <summary>Null as long as there are none.</summary>
    internal EarlyRefunds? Early { get; set; }
}

/// <summary>Cohort revenue, stored: cells per kind of period, acquisition period, period and currency, up to <see cref="RevenueLimits.MaxCohortIntervals"/> columns.</summary>
public sealed class CohortRevenueFold : Fold<CohortRevenueState>
{
    private const int Gross = 0, Refunds = 1, Orders = 2, Buyers = 3;
    private static readonly Period[] Kept = [Period.Day, Period.Week, Period.Month, Period.Quarter];

    private readonly OrderEvents orders;
    private readonly Calendar calendar;

    /// <summary>The fold of one revision of a project's settings.</summary>
    /// <exception cref="ArgumentException">The settings are not valid.</exception>
    public CohortRevenueFold(long revision, RevenueSettings settings, Calendar calendar)
    {
        Revision = revision;
        orders = new OrderEvents(settings);
        this.calendar = calendar;
    }

    /// <summary>The tables; see <see cref="RevenueTables"/>.</summary>
    public static IReadOnlyList<CellTable> Tables => RevenueTables.All;

    /// <summary>The kinds of period that cells are kept for.</summary>
    public static IReadOnlyList<Period> StoredPeriods => Kept;

    /// <inheritdoc/>
    public override long Revision { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names => orders.Names;

    /// <summary>Why cells can't answer a query; null if they can. Then the query is answered ad hoc.</summary>
    public static string? WhyNotStored(Calendar calendar, CohortRevenueQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        return RevenueQuestion.WhyNotStored(calendar, query.WeekStart, query.Period, query.Range, Kept);
    }

    /// <summary>The cells that a query needs.</summary>
    public static IReadOnlyList<CellSelection> Selections(Calendar calendar, CohortRevenueQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var kind = (long)query.Period;
        return
        [
            new(RevenueTables.CohortRevenue, kind, kind, query.Range.From, query.Range.To, query.CurrencyCode),
            new(RevenueTables.CohortSizes, kind, kind, query.Range.From, query.Range.To),
        ];
    }

    /// <summary>The report that stored cells hold.</summary>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="query">A query that <see cref="WhyNotStored"/> has nothing against.</param>
    /// <param name="cells">At least the cells of <see cref="Selections"/>, of one revision; cells of other tables and periods are passed over.</param>
    public static CohortRevenueReport Build(Calendar calendar, CohortRevenueQuery query, IEnumerable<KeyValuePair<CellKey, Int128[]>> cells)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(cells);
        var sums = new CohortRevenueSums(calendar.PeriodsOf(query.Period, query.Range), query.Intervals);
        var currency = query.CurrencyCode;
        foreach (var (key, row) in cells)
        {
            if (key.A != (long)query.Period || sums.IndexOfStart(key.B) is not (>= 0 and var cohort)) continue;
            if (key.Table == RevenueTables.CohortSizes) sums.AddCustomers(cohort, (long)row[0]);
            else if (key.Table == RevenueTables.CohortRevenue && key.Text == currency) Take(row, sums.Row(cohort), sums.IndexOfStart(key.C) - cohort);
        }
        return sums.ToReport(query);
    }

    /// <inheritdoc/>
    protected override void Apply(CohortRevenueState state, in PersonEvent e, ICellSink sink)
    {
        var role = orders.RoleOf(e.Event);
        if (role == OrderRole.None || (role == OrderRole.Order && e.IsRepeatedOrder) || orders.Read(e.Event, out var money) != MoneyFault.None) return;
        if (role == OrderRole.Order) CountOrder(state, e.At, money, sink);
        else CountRefund(state, e.At, money, sink);
    }

    /// <inheritdoc/>
    protected override void Write(CohortRevenueState state, StateWriter writer)
    {
        writer.Bool(state.AcquiredAt is not null);
        if (state.AcquiredAt is { } acquired) writer.Int64(acquired);
        state.Last.Write(writer);
        EarlyRefunds.Write(state.Early, writer);
    }

    /// <inheritdoc/>
    protected override CohortRevenueState Read(ref StateReader reader) => new()
    {
        AcquiredAt = reader.Bool() ? reader.Int64() : null,
        Last = LastOrders.Read(ref reader),
        Early = EarlyRefunds.Read(ref reader),
    };

    private void CountOrder(CohortRevenueState state, long at, Money money, ICellSink sink)
    {
        if (state.AcquiredAt is null) Acquire(state, at, sink);
        var last = state.Last.Replace(money.Currency, at);
        foreach (var kind in Kept)
        {
            if (!TryKey(kind, state.AcquiredAt!.Value, at, money.Currency, out var key)) continue;
            if (money.Minor != 0) sink.Add(key, Gross, money.Minor);
            sink.Add(key, Orders, 1);
            if (last < key.C) sink.Add(key, Buyers, 1);
        }
    }

    private void CountRefund(CohortRevenueState state, long at, Money money, ICellSink sink)
    {
        if (money.Minor == 0) return;
        foreach (var kind in Kept)
        {
            if (state.AcquiredAt is not { } acquired) (state.Early ??= new()).Add((int)kind, money.Currency, calendar.StartOf(kind, at), money.Minor);
            else if (TryKey(kind, acquired, at, money.Currency, out var key)) sink.Add(key, Refunds, money.Minor);
        }
    }

    private void Acquire(CohortRevenueState state, long at, ICellSink sink)
    {
        state.AcquiredAt = at;
        foreach (var kind in Kept) sink.Add(new CellKey(RevenueTables.CohortSizes, Revision, (long)kind, calendar.StartOf(kind, at)), 0, 1);
        foreach (var early in state.Early?.Entries ?? [])
        {
            if (early.Start != calendar.StartOf((Period)early.Kind, at)) continue;
            sink.Add(new CellKey(RevenueTables.CohortRevenue, Revision, early.Kind, early.Start, early.Start, early.Currency.Code), Refunds, early.Sum);
        }
        state.Early = null;
    }

    private bool TryKey(Period kind, long acquired, long at, Currency currency, out CellKey key)
    {
        var (cohort, start) = (calendar.StartOf(kind, acquired), calendar.StartOf(kind, at));
        key = new CellKey(RevenueTables.CohortRevenue, Revision, (long)kind, cohort, start, currency.Code);
        return calendar.Distance(kind, cohort, start) < RevenueLimits.MaxCohortIntervals;
    }

    private static void Take(Int128[] row, Span<CohortRevenueSums.Sum> columns, int column)
    {
        if (column < 0 || column >= columns.Length) return;
        ref var sum = ref columns[column];
        sum.Gross += row[Gross];
        sum.Refunds += row[Refunds];
        sum.Orders += (long)row[Orders];
        sum.Buyers += (long)row[Buyers];
    }
}
