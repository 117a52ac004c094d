using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Cohort revenue of a bounded range, person by person. Not safe for threads: take one each and <see cref="Merge"/> them.</summary>
public sealed class CohortRevenueExploration
{
    private readonly OrderEvents orders;
    private readonly CohortRevenueQuery query;
    private readonly Currency currency;
    private readonly CohortRevenueSums sums;
    private long person;

    /// <summary>An exploration without persons.</summary>
    /// <exception cref="ArgumentException">The settings or the query are not valid, or the range holds too many periods.</exception>
    public CohortRevenueExploration(RevenueSettings settings, Calendar calendar, CohortRevenueQuery query)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(query);
        if (query.Validate() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(query));
        orders = new OrderEvents(settings);
        this.query = query;
        currency = Currencies.Get(query.Currency);
        sums = new CohortRevenueSums(calendar.WithWeekStart(query.WeekStart).PeriodsOf(query.Period, query.Range), query.Intervals);
    }

    /// <summary>Adds a person that was not added before, with all of its history: what lies before the range decides when it was acquired.</summary>
    public void Add(PersonHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        person++;
        if (FirstOrder(history) is not { } acquired || !query.Range.Contains(acquired)) return;
        var row = sums.IndexOf(acquired);
        sums.AddCustomers(row, 1);
        foreach (ref readonly var e in history.Events.AsSpan())
        {
            if (!query.Range.Contains(e.At) || orders.RoleOf(e.Event) is var role && role == OrderRole.None) continue;
            var column = sums.IndexOf(e.At) - row;
            if (column >= 0 && column < sums.Row(row).Length) Count(in e, role, ref sums.Row(row)[column]);
        }
    }

    /// <summary>Adds the persons of another exploration of the same question.</summary>
    public void Merge(CohortRevenueExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        sums.Add(other.sums);
    }

    /// <summary>The report over the persons added so far.</summary>
    public CohortRevenueReport Build() => sums.ToReport(query);

    private long? FirstOrder(PersonHistory history)
    {
        foreach (ref readonly var e in history.Events.AsSpan())
            if (orders.RoleOf(e.Event) == OrderRole.Order && !e.IsRepeatedOrder && orders.Read(e.Event, out _) == MoneyFault.None) return e.At;
        return null;
    }

    private void Count(in PersonEvent e, OrderRole role, ref CohortRevenueSums.Sum sum)
    {
        if (orders.Read(e.Event, out var money) != MoneyFault.None || money.Currency != currency) return;
        if (role == OrderRole.Refund)
        {
            sum.Refunds += money.Minor;
            return;
        }
        if (e.IsRepeatedOrder) return;
        sum.Gross += money.Minor;
        sum.Orders++;
        if (sum.LastBuyer != person) sum.Buyers++;
        sum.LastBuyer = person;
    }
}
