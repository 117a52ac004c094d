using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Time;

/// <summary>The calendar against the framework's own conversion, instant by instant around every clock change.</summary>
public sealed class CalendarTests
{
    public static TheoryData<string> Zones => new(
        "UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "America/St_Johns",
        "America/Sao_Paulo", "Asia/Beirut", "Africa/Casablanca", "Pacific/Chatham", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kwajalein", "Europe/Dublin",
        "America/Santiago", "Asia/Tehran", "Antarctica/Troll", "Asia/Gaza", "Pacific/Kiritimati", "Europe/Moscow");

    private static readonly long From = Instant.Parse("1985-01-01T00:00:00Z");
    private static readonly long To = Instant.Parse("2036-01-01T00:00:00Z");

    [Theory]
    [MemberData(nameof(Zones))]
    public void An_instant_lies_in_the_period_of_its_local_date(string zone)
    {
        var calendar = Calendar.For(zone, DayOfWeek.Monday);
        foreach (var instant in InstantsAround(calendar.Zone))
        {
            var local = LocalOf(calendar.Zone, instant);
            var date = DateOnly.FromDateTime(local);
            if (calendar.DateOf(instant) != date)
            {
                AssertClockWasSetBackOverMidnight(calendar, instant, date);
                continue;
            }
            Assert.Equal(date, FirstDateOf(calendar, Period.Day, instant));
            Assert.Equal(Shown(calendar, date.AddDays(-(((int)date.DayOfWeek + 6) % 7))), FirstDateOf(calendar, Period.Week, instant));
            Assert.Equal(Shown(calendar, new DateOnly(date.Year, date.Month, 1)), FirstDateOf(calendar, Period.Month, instant));
            Assert.Equal(Shown(calendar, new DateOnly(date.Year, ((date.Month - 1) / 3 * 3) + 1, 1)), FirstDateOf(calendar, Period.Quarter, instant));
            var hour = LocalOf(calendar.Zone, calendar.StartOf(Period.Hour, instant));
            Assert.Equal(local.Date.AddHours(local.Hour), hour.Date.AddHours(hour.Hour));
        }
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void Periods_of_one_kind_neither_overlap_nor_leave_a_gap(string zone)
    {
        var calendar = Calendar.For(zone);
        foreach (var instant in InstantsAround(calendar.Zone))
        {
            foreach (var period in Enum.GetValues<Period>())
            {
                var start = calendar.StartOf(period, instant);
                var end = calendar.EndOf(period, start);
                Assert.InRange(instant, start, end);
                Assert.Equal(start, calendar.StartOf(period, start));
                Assert.Equal(start, calendar.StartOf(period, end));
                Assert.Equal(end + 1, calendar.StartOf(period, end + 1));
                Assert.Equal(calendar.IndexOf(period, start) + 1, calendar.IndexOf(period, end + 1));
                Assert.Equal(calendar.IndexOf(period, start) - 1, calendar.IndexOf(period, start - 1));
                Assert.Equal(start, calendar.StartAt(period, calendar.IndexOf(period, instant)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void A_period_starts_at_the_first_instant_of_its_local_date(string zone)
    {
        var calendar = Calendar.For(zone);
        foreach (var instant in InstantsAround(calendar.Zone))
        {
            var start = calendar.StartOf(Period.Day, instant);
            Assert.True(LocalOf(calendar.Zone, start).Date > LocalOf(calendar.Zone, start - 1).Date);
        }
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public void Adding_and_measuring_distances_agree_over_clock_changes(string zone)
    {
        var calendar = Calendar.For(zone);
        foreach (var instant in InstantsAround(calendar.Zone).Where((_, i) => i % 7 == 0))
        {
            foreach (var period in Enum.GetValues<Period>())
            {
                var start = calendar.StartOf(period, instant);
                var stepped = start;
                for (var count = 1; count <= 40; count++)
                {
                    stepped = calendar.Add(period, stepped, 1);
                    Assert.Equal(stepped, calendar.Add(period, start, count));
                    Assert.Equal(count, calendar.Distance(period, start, stepped));
                    Assert.Equal(start, calendar.Add(period, stepped, -count));
                }
            }
        }
    }

    [Fact]
    public void Days_of_23_and_25_hours_are_one_day()
    {
        var calendar = Calendar.For("America/New_York");
        Assert.Equal(23, HoursOf(calendar, "2024-03-10T05:00:00Z"));
        Assert.Equal(25, HoursOf(calendar, "2024-11-03T04:00:00Z"));
        Assert.Equal(24, HoursOf(calendar, "2024-11-04T05:00:00Z"));
    }

    [Fact]
    public void A_day_begins_at_the_jump_where_the_clock_jumps_over_midnight()
    {
        var havana = Calendar.For("America/Havana");
        Assert.Equal(Instant.Parse("2024-03-10T05:00:00Z"), havana.StartOf(Period.Day, Instant.Parse("2024-03-10T12:00:00Z")));
        Assert.Equal(23, HoursOf(havana, "2024-03-10T05:00:00Z"));
        var cairo = Calendar.For("Africa/Cairo");
        Assert.Equal(Instant.Parse("2024-04-25T22:00:00Z"), cairo.StartOf(Period.Day, Instant.Parse("2024-04-26T12:00:00Z")));
        Assert.Equal(25, HoursOf(cairo, "2024-10-30T21:00:00Z"));
    }

    [Fact]
    public void A_repeated_hour_is_two_hours_and_a_repeated_half_hour_a_period_of_its_own()
    {
        var berlin = Calendar.For("Europe/Berlin");
        Assert.Equal(25, berlin.PeriodsOf(Period.Hour, berlin.Days(new DateOnly(2024, 10, 27), new DateOnly(2024, 10, 27))).Count);
        var lordHowe = Calendar.For("Australia/Lord_Howe");
        var hours = lordHowe.PeriodsOf(Period.Hour, lordHowe.Days(new DateOnly(2024, 4, 7), new DateOnly(2024, 4, 7)));
        Assert.Equal(25, hours.Count);
        Assert.Equal([1_800_000L], hours.Zip(hours.Skip(1), (left, right) => right - left).Where(length => length != 3_600_000));
    }

    [Fact]
    public void A_day_that_the_calendar_left_out_is_no_period()
    {
        var apia = Calendar.For("Pacific/Apia");
        var days = apia.PeriodsOf(Period.Day, apia.Days(new DateOnly(2011, 12, 28), new DateOnly(2012, 1, 2)));
        Assert.Equal([28, 29, 31, 1, 2], days.Select(day => apia.DateOf(day).Day));
    }

    [Fact]
    public void Weeks_start_on_the_day_that_was_asked_for()
    {
        foreach (var first in Enum.GetValues<DayOfWeek>())
        {
            var calendar = Calendar.For("Europe/Berlin", first);
            for (var day = 0; day < 400; day++)
            {
                var start = calendar.DateOf(calendar.StartOf(Period.Week, From + (day * 86_400_000L)));
                Assert.Equal(first, start.DayOfWeek);
            }
        }
    }

    [Fact]
    public void A_range_is_whole_only_from_the_first_to_the_last_instant_of_periods()
    {
        var calendar = Calendar.For("Europe/Berlin");
        var march = new TimeRange(Instant.Parse("2024-02-29T23:00:00Z"), Instant.Parse("2024-03-31T21:59:59.999Z"));
        Assert.True(calendar.IsWhole(Period.Month, march));
        Assert.True(calendar.IsWhole(Period.Day, march));
        Assert.False(calendar.IsWhole(Period.Week, march));
        Assert.False(calendar.IsWhole(Period.Month, march with { To = march.To - 1 }));
        Assert.False(calendar.IsWhole(Period.Month, march with { From = march.From + 1 }));
        Assert.False(calendar.IsWhole(Period.Month, new TimeRange(march.To, march.From)));
    }

    [Fact]
    public void The_ends_of_time_are_clamped_and_too_many_periods_refused()
    {
        var calendar = Calendar.For("America/New_York");
        foreach (var period in Enum.GetValues<Period>())
        {
            Assert.True(calendar.StartOf(period, long.MinValue) < calendar.StartOf(period, long.MaxValue));
            var error = Assert.Throws<ArgumentException>(() => calendar.PeriodsOf(period, TimeRange.All));
            Assert.Contains("more than 5000 periods", error.Message, StringComparison.Ordinal);
        }
        Assert.Empty(calendar.PeriodsOf(Period.Day, new TimeRange(5, 4)));
    }

    private static int HoursOf(Calendar calendar, string day)
    {
        var start = Instant.Parse(day);
        Assert.Equal(start, calendar.StartOf(Period.Day, start));
        return (int)((calendar.EndOf(Period.Day, start) + 1 - start) / 3_600_000);
    }

    // Where a period's first day was left out by the calendar, it begins on the next.
    private static DateOnly Shown(Calendar calendar, DateOnly date)
    {
        var noon = new DateTimeOffset(date.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero).ToUnixTimeMilliseconds();
        var exists = Enumerable.Range(-30, 60).Any(hour => DateOnly.FromDateTime(LocalOf(calendar.Zone, noon + (hour * 3_600_000L))) == date);
        return exists ? date : date.AddDays(1);
    }

    private static void AssertClockWasSetBackOverMidnight(Calendar calendar, long instant, DateOnly date)
    {
        Assert.Equal(date.AddDays(1), calendar.DateOf(instant));
        Assert.Contains(Enumerable.Range(1, 200), minutes => DateOnly.FromDateTime(LocalOf(calendar.Zone, instant - (minutes * 60_000L))) > date);
    }

    private static DateOnly FirstDateOf(Calendar calendar, Period period, long instant) =>
        DateOnly.FromDateTime(LocalOf(calendar.Zone, calendar.StartOf(period, instant)));

    private static DateTime LocalOf(TimeZoneInfo zone, long instant) => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(instant), zone).DateTime;

    // Instants on and around every change of the offset, and some at random.
    private static IEnumerable<long> InstantsAround(TimeZoneInfo zone)
    {
        long[] around = [-90_000_000, -3_600_001, -3_600_000, -1_800_000, -60_000, -1, 0, 1, 59_999, 1_799_999, 1_800_000, 3_599_999, 3_600_000, 7_200_000, 90_000_000];
        const long step = 6 * 3_600_000;
        for (var instant = From; instant < To; instant += step)
        {
            if (LocalOf(zone, instant) - DateTimeOffset.FromUnixTimeMilliseconds(instant).DateTime == LocalOf(zone, instant + step) - DateTimeOffset.FromUnixTimeMilliseconds(instant + step).DateTime) continue;
            long low = instant, high = instant + step;
            var offset = LocalOf(zone, low) - DateTimeOffset.FromUnixTimeMilliseconds(low).DateTime;
            while (high - low > 1)
            {
                var middle = low + ((high - low) / 2);
                if (LocalOf(zone, middle) - DateTimeOffset.FromUnixTimeMilliseconds(middle).DateTime == offset) low = middle; else high = middle;
            }
            foreach (var shift in around) yield return high + shift;
        }
        var random = new Random(20240101);
        for (var i = 0; i < 300; i++) yield return random.NextInt64(From, To);
    }
}
