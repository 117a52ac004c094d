namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Numbers of the measures of the tables of orders and order totals.</summary>
internal static class OrderCell
{
    public const int Gross = 0;
    public const int Refunds = 1;
    public const int Orders = 2;
    public const int RefundCount = 3;
    public const int Buyers = 4;

    public const int Duplicates = 0;
    public const int Unreadable = 1;
    public const int TotalBuyers = 2;
}
