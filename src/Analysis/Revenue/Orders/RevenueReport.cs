using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Revenue per period and currency. Currencies are never added.</summary>
/// <param name="Interval">Length of a period.</param>
/// <param name="Periods">Starts of the periods, oldest first (milliseconds since the Unix epoch).</param>
/// <param name="Currencies">Currencies with an order or refund in the range, by code.</param>
/// <param name="Totals">What has no currency, one entry a period.</param>
public sealed record RevenueReport(Period Interval, IReadOnlyList<long> Periods, IReadOnlyList<CurrencyRevenue> Currencies, IReadOnlyList<RevenueTotals> Totals)
{
    /// <summary>Orders of the range not counted because an earlier position holds their order id.</summary>
    public long Duplicates => Totals.Sum(total => total.Duplicates);

    /// <summary>Order and refund events of the range left out because their money could not be read.</summary>
    public long Unreadable => Totals.Sum(total => total.Unreadable);
}

/// <summary>Revenue in one currency.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Periods">One entry a period of the report.</param>
public sealed record CurrencyRevenue(string Currency, IReadOnlyList<RevenuePeriod> Periods);

/// <summary>One period in one currency; money in minor units.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Gross">Sum of the orders.</param>
/// <param name="Refunds">Sum of the refunds issued in the period, whenever their orders were.</param>
/// <param name="Orders">Counted orders.</param>
/// <param name="RefundCount">Refunds.</param>
/// <param name="Buyers">Distinct persons with a counted order.</param>
public sealed record RevenuePeriod(long Start, Int128 Gross, Int128 Refunds, long Orders, long RefundCount, long Buyers)
{
    /// <summary>Gross less refunds.</summary>
    public Int128 Net => Gross - Refunds;

    /// <summary>Gross by orders, in minor units, not rounded; null without orders.</summary>
    public double? AverageOrderValue => Orders == 0 ? null : (double)Gross / Orders;
}

/// <summary>What one period holds beside money.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Duplicates">Orders not counted because an earlier position holds their order id.</param>
/// <param name="Unreadable">Order and refund events whose money could not be read.</param>
/// <param name="Buyers">Distinct persons with a counted order in any currency.</param>
public sealed record RevenueTotals(long Start, long Duplicates, long Unreadable, long Buyers);

/// <summary>How many persons made how many orders, in all of history.</summary>
/// <param name="Persons">Persons by number of counted orders, ascending, without empty entries; the last number, <see cref="RevenueLimits.MaxOrderCount"/>, means that many or more.</param>
public sealed record OrderCountsReport(IReadOnlyList<OrderCount> Persons);

/// <summary>Persons with one number of orders.</summary>
/// <param name="Orders">Counted orders; the first is no repeat.</param>
/// <param name="Persons">Persons with exactly so many.</param>
public sealed record OrderCount(int Orders, long Persons);
