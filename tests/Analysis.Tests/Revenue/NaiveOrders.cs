using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>Orders and cohort revenue by brute force: a flat list of sales, filtered and grouped anew for every figure.</summary>
internal sealed class NaiveOrders
{
    private sealed record Sale(string Person, long At, string Currency, long Minor, bool IsOrder, bool IsRepeat);

    private readonly List<Sale> sales = [];

    public NaiveOrders(IEnumerable<PersonHistory> persons)
    {
        foreach (var person in persons)
        {
            foreach (var e in person.Events)
            {
                var properties = JsonNode.Parse(e.Event.Properties.Utf8.Span)!;
                var currency = (string?)properties["currency"] ?? "USD";
                var major = decimal.Parse((properties["total"] ?? properties["revenue"])!.ToString(), System.Globalization.CultureInfo.InvariantCulture);
                var isOrder = e.Event.Name is "Order Completed" or "purchase_completed";
                if (!isOrder && e.Event.Name is not ("Order Refunded" or "refund_issued")) continue;
                sales.Add(new Sale(person.Id, e.At, currency, (long)(major * (currency == "JPY" ? 1 : 100)), isOrder, isOrder && e.IsRepeatedOrder));
            }
        }
    }

    public RevenueReport Orders(Calendar calendar, OrdersQuery query)
    {
        var starts = calendar.PeriodsOf(query.Interval, query.Range);
        var inRange = sales.Where(sale => query.Range.Contains(sale.At)).ToList();
        List<Sale> In(long start) => inRange.FindAll(sale => calendar.StartOf(query.Interval, sale.At) == start);
        var currencies = inRange.Where(sale => !sale.IsRepeat).Select(sale => sale.Currency).Distinct().Order(StringComparer.Ordinal);
        return new RevenueReport(
            query.Interval,
            starts,
            [.. currencies.Select(currency => new CurrencyRevenue(currency, [.. starts.Select(start =>
            {
                var mine = In(start).FindAll(sale => sale.Currency == currency && !sale.IsRepeat);
                var (orders, refunds) = (mine.FindAll(sale => sale.IsOrder), mine.FindAll(sale => !sale.IsOrder));
                return new RevenuePeriod(start, orders.Sum(o => o.Minor), refunds.Sum(r => r.Minor), orders.Count, refunds.Count, orders.Select(o => o.Person).Distinct().Count());
            })]))],
            [.. starts.Select(start => new RevenueTotals(start, In(start).Count(s => s.IsRepeat), 0, In(start).Where(s => s.IsOrder && !s.IsRepeat).Select(s => s.Person).Distinct().Count()))]);
    }

    public CohortRevenueReport Cohorts(Calendar calendar, CohortRevenueQuery query)
    {
        var starts = calendar.PeriodsOf(query.Period, query.Range);
        var acquired = sales.Where(sale => sale.IsOrder && !sale.IsRepeat).GroupBy(sale => sale.Person).ToDictionary(group => group.Key, group => group.Min(sale => sale.At));
        var rows = starts.Select((start, i) =>
        {
            var members = acquired.Where(pair => query.Range.Contains(pair.Value) && calendar.StartOf(query.Period, pair.Value) == start).Select(pair => pair.Key).ToHashSet();
            var theirs = sales.FindAll(sale => members.Contains(sale.Person) && !sale.IsRepeat && sale.Currency == query.Currency && query.Range.Contains(sale.At));
            Int128 cumulative = 0;
            var cells = starts.Skip(i).Take(query.Intervals).Select(period =>
            {
                var mine = theirs.FindAll(sale => calendar.StartOf(query.Period, sale.At) == period);
                var (orders, refunds) = (mine.FindAll(sale => sale.IsOrder), mine.FindAll(sale => !sale.IsOrder));
                cumulative += orders.Sum(o => o.Minor) - refunds.Sum(r => r.Minor);
                return new CohortRevenueCell(period, orders.Sum(o => o.Minor), refunds.Sum(r => r.Minor), orders.Count, orders.Select(o => o.Person).Distinct().Count(),
                    cumulative, members.Count == 0 ? null : (double)cumulative / members.Count);
            });
            return new CohortRevenueRow(start, members.Count, [.. cells]);
        });
        return new CohortRevenueReport(query.Period, query.Currency, starts, [.. rows]);
    }

    public OrderCountsReport Counts() => new([.. sales.Where(sale => sale.IsOrder && !sale.IsRepeat).GroupBy(sale => sale.Person)
        .GroupBy(person => person.Count()).OrderBy(group => group.Key).Select(group => new OrderCount(group.Key, group.Count()))]);
}
