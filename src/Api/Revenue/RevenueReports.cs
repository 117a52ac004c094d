using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Provenance;

namespace EventSourcedAnalytics.Api.Revenue;

/// <summary>Revenue by period and currency. Currencies are never added.</summary>
/// <param name="Currencies">Currencies with an order or refund in the range, by code.</param>
/// <param name="Totals">What has no currency, one entry a period, oldest first.</param>
/// <param name="Duplicates">Orders of the range not counted because an earlier position holds their order id.</param>
/// <param name="Unreadable">Order and refund events of the range whose money can't be read.</param>
/// <param name="AsOf">Where the report stands.</param>
public sealed record RevenueReport(IReadOnlyList<CurrencyRevenue> Currencies, IReadOnlyList<RevenueTotals> Totals, long Duplicates, long Unreadable, AsOf AsOf)
{
    internal ReportSource Source { get; init; } = null!;

    internal Analysis.Revenue.OrdersQuery Query { get; init; } = null!;
}

/// <summary>What one period holds beside money.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Buyers">Distinct persons with a counted order in any currency.</param>
/// <param name="Duplicates">Orders not counted because an earlier position holds their order id.</param>
/// <param name="Unreadable">Order and refund events whose money can't be read.</param>
public sealed record RevenueTotals(DateTime Start, long Buyers, long Duplicates, long Unreadable);

/// <summary>Revenue in one currency.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Gross">Orders of the whole range.</param>
/// <param name="Refunds">Refunds of the whole range.</param>
/// <param name="Net">Gross less refunds.</param>
/// <param name="Orders">Counted orders of the whole range.</param>
/// <param name="Periods">One entry a period, oldest first.</param>
public sealed record CurrencyRevenue(string Currency, Money Gross, Money Refunds, Money Net, long Orders, IReadOnlyList<RevenuePeriod> Periods);

/// <summary>One period in one currency.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Gross">Sum of the orders.</param>
/// <param name="Refunds">Sum of the refunds issued in the period, whenever their orders were.</param>
/// <param name="Net">Gross less refunds.</param>
/// <param name="Orders">Counted orders.</param>
/// <param name="RefundCount">Refunds.</param>
/// <param name="Buyers">Distinct persons with a counted order.</param>
/// <param name="AverageOrderValue">Gross by orders in minor units; null without orders.</param>
/// <param name="Provisional">True while the period is open.</param>
public sealed record RevenuePeriod(DateTime Start, Money Gross, Money Refunds, Money Net, long Orders, long RefundCount, long Buyers, double? AverageOrderValue, bool Provisional);

/// <summary>Revenue of the persons acquired in each period, over the periods since.</summary>
/// <param name="Period">Length of a period.</param>
/// <param name="Currency">ISO 4217 code of all money.</param>
/// <param name="Rows">One row an acquisition period, oldest first.</param>
/// <param name="AsOf">Where the report stands.</param>
public sealed record CohortRevenueReport(Interval Period, string Currency, IReadOnlyList<CohortRevenueRow> Rows, AsOf AsOf)
{
    internal ReportSource Source { get; init; } = null!;

    internal Analysis.Revenue.CohortRevenueQuery Query { get; init; } = null!;
}

/// <summary>The persons acquired in one period.</summary>
/// <param name="Cohort">First instant of the period.</param>
/// <param name="Customers">Persons whose first counted order lies in it.</param>
/// <param name="Values">Entry k is the k-th period since.</param>
public sealed record CohortRevenueRow(DateTime Cohort, long Customers, IReadOnlyList<CohortRevenueCell> Values);

/// <summary>What they brought in one period.</summary>
/// <param name="Period">First instant of the period.</param>
/// <param name="Gross">Sum of their orders.</param>
/// <param name="Refunds">Sum of their refunds.</param>
/// <param name="Net">Gross less refunds.</param>
/// <param name="Orders">Their counted orders.</param>
/// <param name="Buyers">How many of them ordered.</param>
/// <param name="CumulativeNet">Net revenue since acquisition.</param>
/// <param name="CumulativePerCustomer">The same by persons acquired (realised lifetime value), in minor units.</param>
/// <param name="Provisional">True while the period is open.</param>
public sealed record CohortRevenueCell(
    DateTime Period, Money Gross, Money Refunds, Money Net, long Orders, long Buyers, Money CumulativeNet, double? CumulativePerCustomer, bool Provisional);

/// <summary>Monthly recurring revenue by period and currency.</summary>
/// <param name="Currencies">Currencies in which anything is not zero, by code.</param>
/// <param name="Periods">The periods of the only (or the asked) currency; empty if there are several.</param>
/// <param name="Starts">First instants of the periods, oldest first.</param>
/// <param name="Unreadable">Subscription events that can't be read.</param>
/// <param name="AsOf">Where the report stands.</param>
public sealed record MrrReport(IReadOnlyList<CurrencyMrr> Currencies, IReadOnlyList<MrrPeriod> Periods, IReadOnlyList<DateTime> Starts, long Unreadable, AsOf AsOf)
{
    internal ReportSource Source { get; init; } = null!;

    internal Analysis.Revenue.MrrQuery Query { get; init; } = null!;
}

/// <summary>MRR in one currency.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Periods">One entry a period, oldest first.</param>
public sealed record CurrencyMrr(string Currency, IReadOnlyList<MrrPeriod> Periods);

/// <summary>An amount of recurring revenue.</summary>
/// <param name="AmountMinor">Minor units, rounded half to even by itself.</param>
/// <param name="Twelfths">The exact figure, in twelfths of a minor unit.</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record MrrMoney(long AmountMinor, long Twelfths, string Currency)
{
    internal static MrrMoney Of(Analysis.Revenue.MrrAmount amount, string currency) => new(checked((long)amount.Minor), checked((long)amount.Twelfths), currency);
}

/// <summary>One period of MRR. opening + new + expansion + reactivation - contraction - churn = closing, to the twelfth.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Opening">Just before the period.</param>
/// <param name="New">From persons who never paid before.</param>
/// <param name="Expansion">What persons pay more.</param>
/// <param name="Contraction">What persons pay less.</param>
/// <param name="Churn">Of persons who pay nothing any more.</param>
/// <param name="Reactivation">From persons who paid earlier, but not just before.</param>
/// <param name="Closing">Just before the period's end.</param>
/// <param name="Arr">Twelve times closing.</param>
/// <param name="CustomersOpening">Paying persons just before the period.</param>
/// <param name="CustomersNew">Persons behind new.</param>
/// <param name="CustomersReactivated">Persons behind reactivation.</param>
/// <param name="CustomersChurned">Persons behind churn.</param>
/// <param name="CustomersClosing">Paying persons just before the period's end.</param>
/// <param name="GrossChurn">(churn + contraction) / opening.</param>
/// <param name="NetChurn">(churn + contraction - expansion - reactivation) / opening.</param>
/// <param name="CustomerChurn">Persons lost / persons at the start.</param>
/// <param name="Arpa">Closing by paying persons.</param>
/// <param name="Ltv">Arpa * gross margin / customer churn.</param>
/// <param name="Nrr">Net revenue retention.</param>
/// <param name="Grr">Gross revenue retention.</param>
/// <param name="QuickRatio">(new + expansion + reactivation) / (contraction + churn).</param>
/// <param name="Provisional">True while the period is open.</param>
public sealed record MrrPeriod(
    DateTime Start, MrrMoney Opening, MrrMoney New, MrrMoney Expansion, MrrMoney Contraction, MrrMoney Churn, MrrMoney Reactivation, MrrMoney Closing, MrrMoney Arr,
    long CustomersOpening, long CustomersNew, long CustomersReactivated, long CustomersChurned, long CustomersClosing,
    double? GrossChurn, double? NetChurn, double? CustomerChurn, Money? Arpa, Money? Ltv, double? Nrr, double? Grr, double? QuickRatio, bool Provisional);
