using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>
/// The cells of retention. A row is (cohort, interval, until[, value]). For a return in the very period <c>until</c> is 0. With ON_OR_AFTER it is the interval of
/// the return that first counts for this interval, so that a report whose range ends earlier leaves later returns out.
/// </summary>
internal static class RetentionCells
{
    public const short Total = 0;
    public const short ByValue = 1;
    public const short Amounts = 2;
    public const short AmountsByValue = 3;

    public const int Customers = 0;
    public const int Events = 1;
    public const int Units = 0;
    public const int Count = 1;

    private static readonly CellColumn Cohort = new("cohort", CellPart.A, CellColumnType.Instant);
    private static readonly CellColumn Interval = new("interval", CellPart.B, CellColumnType.Long);
    private static readonly CellColumn Until = new("until", CellPart.C, CellColumnType.Long);
    private static readonly CellColumn Currency = new("currency", CellPart.C, CellColumnType.Long);
    private static readonly CellColumn Value = new("value", CellPart.Text, CellColumnType.Text);

    public static IReadOnlyList<CellTable> Tables { get; } =
    [
        new("retention", [Cohort, Interval, Until], ["customers", "events"]),
        new("retention_by_value", [Cohort, Interval, Until, Value], ["customers", "events"]),
        new("retention_amounts", [Cohort, Interval, Currency], ["units", "count"], Wide: true),
        new("retention_amounts_by_value", [Cohort, Interval, Currency, Value], ["units", "count"], Wide: true),
    ];
}
