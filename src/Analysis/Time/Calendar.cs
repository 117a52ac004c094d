namespace EventSourcedAnalytics.Analysis.Time;

/// <summary>
/// Periods in a project's time zone. A period is named by its first instant (milliseconds since the Unix epoch, UTC); a day of 23 or 25 hours is one day.
/// Hours and minutes follow the local clock's hour; an hour that a clock change repeats is two hours. Periods of one kind never overlap and leave no gap.
/// </summary>
public sealed class Calendar
{
    private const long MaxInstant = 253_402_128_000_000;
    private const long MinInstant = -62_135_424_000_000;

    private static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

    private readonly ZoneOffsets offsets;
    private readonly int weekShift;

    /// <summary>A calendar.</summary>
    /// <param name="zone">The project's zone.</param>
    /// <param name="weekStart">First day of its weeks.</param>
    public Calendar(TimeZoneInfo zone, DayOfWeek weekStart = DayOfWeek.Sunday)
    {
        ArgumentNullException.ThrowIfNull(zone);
        Zone = zone;
        WeekStart = weekStart;
        weekShift = (int)DayOfWeek.Thursday - (int)weekStart;
        offsets = ZoneOffsets.Of(zone);
    }

    /// <summary>UTC, weeks from Sunday.</summary>
    public static Calendar Utc { get; } = new(TimeZoneInfo.Utc);

    /// <summary>The zone.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>First day of a week.</summary>
    public DayOfWeek WeekStart { get; }

    /// <summary>A calendar for an IANA zone name.</summary>
    /// <exception cref="TimeZoneNotFoundException">There is no zone of that name.</exception>
    public static Calendar For(string zone, DayOfWeek weekStart = DayOfWeek.Sunday) => new(TimeZoneInfo.FindSystemTimeZoneById(zone), weekStart);

    /// <summary>This calendar with another first day of the week; null = as it is.</summary>
    public Calendar WithWeekStart(DayOfWeek? first) => first is null || first == WeekStart ? this : new Calendar(Zone, first.Value);

    /// <summary>First instant of the period that holds an instant.</summary>
    public long StartOf(Period period, long instant) => StartAt(period, IndexOf(period, instant));

    /// <summary>
    /// Number of the period that holds an instant: neighbouring periods have neighbouring numbers, so distances are differences. Meaningful only
    /// within this calendar and kind of period.
    /// </summary>
    public long IndexOf(Period period, long instant)
    {
        instant = Math.Clamp(instant, MinInstant, MaxInstant);
        var stretch = offsets.StretchOf(instant);
        if (period == Period.Minute) return offsets.Minutes.IndexIn(stretch, instant);
        if (period == Period.Hour) return offsets.Hours.IndexIn(stretch, instant);
        var day = offsets.DayIn(stretch, instant);
        return period switch
        {
            Period.Day => day - offsets.SkippedBefore(stretch),
            Period.Week => FloorDiv(day + weekShift, 7),
            Period.Month => MonthNumber(day),
            _ => MonthNumber(day) / 3,
        };
    }

    /// <summary>First instant of the period of a number that <see cref="IndexOf"/> gave.</summary>
    public long StartAt(Period period, long index) => period switch
    {
        Period.Minute => offsets.Minutes.StartAt(index),
        Period.Hour => offsets.Hours.StartAt(index),
        Period.Day => offsets.StartOfDay(offsets.SkipsDays ? DayAt(index) : index),
        Period.Week => offsets.StartOfDay((7 * index) - weekShift),
        Period.Month => offsets.StartOfDay(FirstDayOfMonth(index)),
        _ => offsets.StartOfDay(FirstDayOfMonth(3 * index)),
    };

    /// <summary>First instant of the period that lies <paramref name="count"/> periods behind (or, negative, before) the one that starts at <paramref name="start"/>.</summary>
    public long Add(Period period, long start, int count) => StartAt(period, IndexOf(period, start) + count);

    /// <summary>Last instant (inclusive) of the period that starts at <paramref name="start"/>.</summary>
    public long EndOf(Period period, long start) => Add(period, start, 1) - 1;

    /// <summary>How many periods lie between two starts: 0 for the same, 1 for the next, negative for an earlier one.</summary>
    public int Distance(Period period, long from, long to) => (int)(IndexOf(period, to) - IndexOf(period, from));

    /// <summary>The periods that a range touches, oldest first.</summary>
    /// <exception cref="ArgumentException">The range touches more than <paramref name="max"/> periods.</exception>
    public IReadOnlyList<long> PeriodsOf(Period period, TimeRange range, int max = Limits.MaxPeriods)
    {
        if (range.To < range.From) return [];
        long first = IndexOf(period, range.From), count = IndexOf(period, range.To) - first + 1;
        if (count > max) throw new ArgumentException($"The range holds more than {max} periods of one {period}; take a shorter range or a longer period.", nameof(range));
        var starts = new long[count];
        for (var i = 0; i < count; i++) starts[i] = StartAt(period, first + i);
        return starts;
    }

    /// <summary>Whether a range begins at the start of a period and ends with the end of one.</summary>
    public bool IsWhole(Period period, TimeRange range) =>
        range.From <= range.To && StartOf(period, range.From) == range.From && EndOf(period, StartOf(period, range.To)) == range.To;

    /// <summary>Whole days in this zone as a range of instants.</summary>
    public TimeRange Days(DateOnly from, DateOnly to) => new(offsets.StartOfDay(from.DayNumber - EpochDay), offsets.StartOfDay(to.DayNumber - EpochDay + 1) - 1);

    /// <summary>The local date of an instant.</summary>
    public DateOnly DateOf(long instant) => DateOnly.FromDayNumber((int)offsets.DayIn(offsets.StretchOf(instant), instant) + EpochDay);

    private long DayAt(long index)
    {
        var day = index;
        while (true)
        {
            var start = offsets.StartOfDay(day);
            var missing = index - (day - offsets.SkippedBefore(offsets.StretchOf(start)));
            if (missing <= 0) return day;
            day += missing;
        }
    }

    private static long MonthNumber(long day)
    {
        var date = DateOnly.FromDayNumber((int)day + EpochDay);
        return (date.Year * 12) + date.Month - 1;
    }

    private static long FirstDayOfMonth(long month) => new DateOnly((int)(month / 12), (int)(month % 12) + 1, 1).DayNumber - EpochDay;

    private static long FloorDiv(long value, long divisor) => value >= 0 ? value / divisor : ((value + 1) / divisor) - 1;
}
