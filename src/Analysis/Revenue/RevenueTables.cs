using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>
/// The tables of all revenue folds, numbered together, so that one projection can run all of them or each can have its own. Sums are wide: a sender can make
/// money of any size, and a sum must never fail.
/// </summary>
public static class RevenueTables
{
    /// <summary>Number of the table of orders and refunds per period and currency.</summary>
    public const short Orders = 0;

    /// <summary>Number of the table of what has no currency: repeated and unreadable events, buyers of a period in any currency.</summary>
    public const short OrderTotals = 1;

    /// <summary>Number of the table of persons by how many orders they made.</summary>
    public const short OrderCounts = 2;

    /// <summary>Number of the table of revenue by acquisition period and period.</summary>
    public const short CohortRevenue = 3;

    /// <summary>Number of the table of persons by acquisition period.</summary>
    public const short CohortSizes = 4;

    /// <summary>Number of the table of MRR movements.</summary>
    public const short Mrr = 5;

    /// <summary>Number of the table of subscription events that could not be read.</summary>
    public const short MrrTotals = 6;

    private static readonly CellColumn Kind = new("period_kind", CellPart.A, CellColumnType.Long);
    private static readonly CellColumn Start = new("period_start", CellPart.B, CellColumnType.Instant);
    private static readonly CellColumn CurrencyCode = new("currency", CellPart.Text, CellColumnType.Text);

    /// <summary>All tables, by number. The period kind is the number of <see cref="Time.Period"/>.</summary>
    public static IReadOnlyList<CellTable> All { get; } =
    [
        new("orders", [Kind, Start, CurrencyCode], ["gross", "refunds", "orders", "refund_count", "buyers"], Wide: true),
        new("order_totals", [Kind, Start], ["duplicates", "unreadable", "buyers"]),
        new("order_counts", [new("orders", CellPart.A, CellColumnType.Long)], ["persons"]),
        new("cohort_revenue", [Kind, new("cohort_start", CellPart.B, CellColumnType.Instant), new("period_start", CellPart.C, CellColumnType.Instant), CurrencyCode],
            ["gross", "refunds", "orders", "buyers"], Wide: true),
        new("cohort_sizes", [Kind, new("cohort_start", CellPart.B, CellColumnType.Instant)], ["customers"]),
        new("mrr", [Kind, Start, CurrencyCode],
            ["new", "expansion", "contraction", "churn", "reactivation", "customers_new", "customers_churned", "customers_reactivated"], Wide: true),
        new("mrr_totals", [Kind, Start], ["unreadable"]),
    ];
}
