namespace EventSourcedAnalytics.Analysis.Time;

/// <summary>
/// Periods in a project's time zone. A period is named by its first instant (milliseconds since the Unix epoch, UTC); a day of 23 or 25 hours is one day.
/// Hours and minutes follow the local clock's hour; an hour that a clock change repeats is two hours.
/// </summary>
public sealed class Calendar
{
    private const long MsPerMinute = 60_000;
    private const long MsPerHour = 3_600_000;
    private const long MsPerDay = 86_400_000;
    private const long MaxInstant = 253_402_300_799_999;
    private const long MinInstant = -62_135_596_800_000;

    private readonly ZoneOffsets offsets;
    private readonly int weekStart;

    /// <summary>A calendar.</summary>
    /// <param name="zone">The project's zone.</param>
    /// <param name="weekStart">First day of its weeks.</param>
    public Calendar(TimeZoneInfo zone, DayOfWeek weekStart = DayOfWeek.Sunday)
    {
        ArgumentNullException.ThrowIfNull(zone);
        Zone = zone;
        WeekStart = weekStart;
        this.weekStart = (int)weekStart;
        offsets = new ZoneOffsets(zone);
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

    /// <summary>First instant of the period that holds an instant.</summary>
    public long StartOf(Period period, long instant)
    {
        instant = Math.Clamp(instant, MinInstant, MaxInstant);
        var local = instant + offsets.At(instant);
        return period switch
        {
            Period.Minute => instant - Mod(local, MsPerMinute),
            Period.Hour => instant - Mod(local, MsPerHour),
            _ => StartOfDay(FirstDay(period, FloorDiv(local, MsPerDay))),
        };
    }

    /// <summary>First instant of the period that lies <paramref name="count"/> periods behind (or, negative, before) the one that starts at <paramref name="start"/>.</summary>
    public long Add(Period period, long start, int count)
    {
        if (period == Period.Minute) return start + (count * MsPerMinute);
        if (period == Period.Hour) return AddHours(start, count);
        var day = FloorDiv(start + offsets.At(start), MsPerDay);
        return period switch
        {
            Period.Day => StartOfDay(day + count),
            Period.Week => StartOfDay(day + (7L * count)),
            Period.Month => StartOfDay(AddMonths(day, count)),
            _ => StartOfDay(AddMonths(day, 3 * count)),
        };
    }

    /// <summary>Last instant (inclusive) of the period that starts at <paramref name="start"/>.</summary>
    public long EndOf(Period period, long start) => Add(period, start, 1) - 1;

    /// <summary>How many periods lie between two starts: 0 for the same, 1 for the next, negative for an earlier one.</summary>
    public int Distance(Period period, long from, long to)
    {
        switch (period)
        {
            case Period.Minute: return (int)((to - from) / MsPerMinute);
            case Period.Hour: return (int)Math.Round((to - from) / (double)MsPerHour);
            case Period.Day: return (int)(LocalDay(to) - LocalDay(from));
            case Period.Week: return (int)((LocalDay(to) - LocalDay(from)) / 7);
            default:
                var months = MonthNumber(LocalDay(to)) - MonthNumber(LocalDay(from));
                return period == Period.Month ? months : months / 3;
        }
    }

    /// <summary>The periods that a range touches, oldest first.</summary>
    /// <exception cref="ArgumentException">The range touches more than <paramref name="max"/> periods.</exception>
    public IReadOnlyList<long> PeriodsOf(Period period, TimeRange range, int max = Limits.MaxPeriods)
    {
        var starts = new List<long>();
        for (var start = StartOf(period, range.From); start <= range.To; start = Add(period, start, 1))
        {
            if (starts.Count == max) throw new ArgumentException($"The range holds more than {max} periods of one {period}; take a shorter range or a longer period.", nameof(range));
            starts.Add(start);
        }
        return starts;
    }

    /// <summary>Whole days in this zone as a range of instants.</summary>
    public TimeRange Days(DateOnly from, DateOnly to) => new(StartOfDay(from.DayNumber - EpochDay), StartOfDay(to.DayNumber - EpochDay + 1) - 1);

    /// <summary>The local date of an instant.</summary>
    public DateOnly DateOf(long instant) => DateOnly.FromDayNumber((int)LocalDay(instant) + EpochDay);

    private static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

    private long LocalDay(long instant) => FloorDiv(instant + offsets.At(instant), MsPerDay);

    private long AddHours(long start, int count)
    {
        var moved = start + (count * MsPerHour);
        return moved - Mod(moved + offsets.At(moved), MsPerHour);
    }

    private long FirstDay(Period period, long day) => period switch
    {
        Period.Day => day,
        Period.Week => day - Mod(day + 4 - weekStart, 7),
        Period.Month => AddMonths(day, 0),
        _ => AddMonths(day, -(MonthNumber(day) % 3)),
    };

    private static int MonthNumber(long day)
    {
        var date = DateOnly.FromDayNumber((int)day + EpochDay);
        return (date.Year * 12) + date.Month - 1;
    }

    private static long AddMonths(long day, int months)
    {
        var number = MonthNumber(day) + months;
        return new DateOnly(number / 12, (number % 12) + 1, 1).DayNumber - EpochDay;
    }

    private long StartOfDay(long day)
    {
        var local = day * MsPerDay;
        if (offsets.IsFixed) return local - offsets.Fixed;
        var before = local - offsets.At(local - MsPerDay);
        var after = local - offsets.At(local + MsPerDay);
        var first = Math.Min(before, after);
        if (first + offsets.At(first) == local) return first;
        var second = Math.Max(before, after);
        if (second + offsets.At(second) == local) return second;
        return FirstInstantAtOrAfter(local, first - MsPerHour, second + MsPerHour);
    }

    // The clock jumps over this midnight: the day begins at the jump.
    private long FirstInstantAtOrAfter(long local, long low, long high)
    {
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (middle + offsets.At(middle) >= local) high = middle; else low = middle;
        }
        return high;
    }

    private static long Mod(long value, long divisor)
    {
        var remainder = value % divisor;
        return remainder < 0 ? remainder + divisor : remainder;
    }

    private static long FloorDiv(long value, long divisor) => (value - Mod(value, divisor)) / divisor;
}
