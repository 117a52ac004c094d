using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Revenue of a bounded range, person by person. Not safe for threads: take one each and <see cref="Merge"/> them.</summary>
public sealed class RevenueExploration
{
    private readonly OrderEvents orders;
    private readonly OrdersQuery query;
    private readonly RevenueSums sums;
    private long person;

    /// <summary>An exploration without persons.</summary>
    /// <exception cref="ArgumentException">The settings or the query are not valid, or the range holds too many periods.</exception>
    public RevenueExploration(RevenueSettings settings, Calendar calendar, OrdersQuery query)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(query);
        if (query.Validate() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(query));
        orders = new OrderEvents(settings);
        this.query = query;
        sums = new RevenueSums(calendar.WithWeekStart(query.WeekStart).PeriodsOf(query.Interval, query.Range));
    }

    /// <summary>Adds a person that was not added before.</summary>
    public void Add(PersonHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        person++;
        foreach (ref readonly var e in history.Events.AsSpan())
        {
            if (!query.Range.Contains(e.At)) continue;
            var role = orders.RoleOf(e.Event);
            if (role != OrderRole.None) Count(in e, role);
        }
    }

    /// <summary>Adds the persons of another exploration of the same question.</summary>
    public void Merge(RevenueExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        sums.Add(other.sums);
    }

    /// <summary>The report over the persons added so far.</summary>
    public RevenueReport Build() => sums.ToReport(query);

    private void Count(in PersonEvent e, OrderRole role)
    {
        var period = sums.IndexOf(e.At);
        ref var total = ref sums.TotalOf(period);
        if (orders.Read(e.Event, out var money) != MoneyFault.None)
        {
            total.Unreadable++;
            return;
        }
        if (role == OrderRole.Order && e.IsRepeatedOrder)
        {
            total.Duplicates++;
            return;
        }
        ref var sum = ref sums.SumsOf(money.Currency.Code)[period];
        if (role == OrderRole.Refund)
        {
            sum.Refunds += money.Minor;
            sum.RefundCount++;
            return;
        }
        sum.Gross += money.Minor;
        sum.Orders++;
        if (sum.LastBuyer != person) sum.Buyers++;
        sum.LastBuyer = person;
        if (total.LastBuyer != person) total.Buyers++;
        total.LastBuyer = person;
    }
}
