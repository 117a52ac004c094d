using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Revenue of the persons acquired in each period, over the periods since.</summary>
/// <param name="Period">Length of a period.</param>
/// <param name="Currency">ISO 4217 code of all money.</param>
/// <param name="Periods">Starts of the periods, oldest first (milliseconds since the Unix epoch).</param>
/// <param name="Rows">One row a period, oldest first.</param>
public sealed record CohortRevenueReport(Period Period, string Currency, IReadOnlyList<long> Periods, IReadOnlyList<CohortRevenueRow> Rows);

/// <summary>The persons acquired in one period: those whose first counted order, in any currency, lies in it.</summary>
/// <param name="Start">First instant of the acquisition period.</param>
/// <param name="Customers">Persons acquired.</param>
/// <param name="Cells">Entry k is the k-th period since acquisition; as many as the range and the query's intervals allow.</param>
public sealed record CohortRevenueRow(long Start, long Customers, IReadOnlyList<CohortRevenueCell> Cells);

/// <summary>What the persons of one row brought in one period; money in minor units.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Gross">Sum of their orders.</param>
/// <param name="Refunds">Sum of their refunds issued in the period.</param>
/// <param name="Orders">Their counted orders.</param>
/// <param name="Buyers">How many of them had a counted order.</param>
/// <param name="CumulativeNet">Net revenue of the row from acquisition to the end of this period.</param>
/// <param name="CumulativePerCustomer"><paramref name="CumulativeNet"/> by persons acquired (realised lifetime value), in minor units, not rounded; null for an empty row.</param>
public sealed record CohortRevenueCell(long Start, Int128 Gross, Int128 Refunds, long Orders, long Buyers, Int128 CumulativeNet, double? CumulativePerCustomer)
{
    /// <summary>Gross less refunds.</summary>
    public Int128 Net => Gross - Refunds;
}
