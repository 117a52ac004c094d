using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>
/// The cells of activity. By hour and day: events and distinct persons. By day, week, month and quarter: a person active in a period is counted once, in the row
/// of its gap, which is how many periods ago it was active before. From the gaps by day follow the distinct persons of any window of up to 30 days (each counted
/// on its first active day in the window: the one whose gap reaches out of it), and from all gaps the new, returning and resurrecting persons.
/// </summary>
internal static class ActivityCells
{
    public const short Total = 0;
    public const short ByName = 1;
    public const short Events = 2;
    public const short EventsByName = 3;
    public const short ActiveDays = 4;

    /// <summary>Measure of the tables of events.</summary>
    public const int EventCount = 0;

    /// <summary>Measure of the tables of events: distinct persons.</summary>
    public const int CustomerCount = 1;

    /// <summary>Gap of a person never active before.</summary>
    public const int FirstEver = 0;

    /// <summary>Gap of a person active in the period just before.</summary>
    public const int Previous = 1;

    /// <summary>Largest gap in days: longer than the longest trailing window.</summary>
    public const int MaxDayGap = 31;

    /// <summary>Largest gap in other periods: it only tells returning from resurrecting.</summary>
    public const int MaxGap = 2;

    private static readonly CellColumn Start = new("start", CellPart.A, CellColumnType.Instant);
    private static readonly CellColumn Kind = new("period", CellPart.B, CellColumnType.Long);
    private static readonly CellColumn Gap = new("gap", CellPart.C, CellColumnType.Long);
    private static readonly CellColumn Days = new("days", CellPart.C, CellColumnType.Long);
    private static readonly CellColumn Name = new("name", CellPart.Text, CellColumnType.Text);

    public static IReadOnlyList<CellTable> Tables { get; } =
    [
        new("activity", [Start, Kind, Gap], ["customers"]),
        new("activity_by_name", [Start, Kind, Gap, Name], ["customers"]),
        new("activity_events", [Start, Kind], ["events", "customers"]),
        new("activity_events_by_name", [Start, Kind, Name], ["events", "customers"]),
        new("activity_days", [Start, Kind, Days], ["customers"]),
    ];

    /// <summary>The gap between two periods of activity, as cells keep it.</summary>
    public static long GapOf(Period period, long previous, long current) => Math.Min(current - previous, period == Period.Day ? MaxDayGap : MaxGap);
}
