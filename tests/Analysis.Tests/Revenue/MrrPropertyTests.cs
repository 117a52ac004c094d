using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>Ad hoc = stored = brute force for generated histories: each number of a list stands for one event, so that a failing list shrinks.</summary>
public class MrrPropertyTests
{
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "America/Santiago"];
    private static readonly Period[] Intervals = [Period.Day, Period.Week, Period.Month, Period.Quarter];
    private static readonly string[] Currencies = ["USD", "EUR", "JPY"];

    [Fact]
    public void Stored_ad_hoc_and_brute_force_agree_on_whole_periods() =>
        Holds(250, (codes, seed) =>
        {
            var (calendar, interval) = Setting(seed);
            var persons = Decode(codes, calendar).Persons();
            var query = new MrrQuery { Interval = interval, Range = WholePeriods(calendar, interval, seed), GrossMargin = 0.8 };
            var naive = Text(NaiveMrr.Report(persons, calendar, query, Currencies));
            Assert.Equal(naive, Text(RevenueAnswers.AdHoc(persons, calendar, query)));
            Assert.Equal(naive, Text(RevenueAnswers.Stored(persons, calendar, query, seed)));
        });

    [Fact]
    public void Ad_hoc_and_brute_force_agree_on_any_range() =>
        Holds(150, (codes, seed) =>
        {
            var (calendar, interval) = Setting(seed);
            var persons = Decode(codes, calendar).Persons();
            var random = new System.Random(seed);
            var from = At(random, calendar);
            var query = new MrrQuery { Interval = interval, Range = new TimeRange(from, from + random.Next(1, 90 * 24) * 3_600_000L) };
            Assert.Equal(Text(NaiveMrr.Report(persons, calendar, query, Currencies)), Text(RevenueAnswers.AdHoc(persons, calendar, query)));
        });

    [Fact]
    public void Movements_add_up_to_the_twelfth_in_every_period_of_every_kind() =>
        Holds(200, (codes, seed) =>
        {
            var (calendar, _) = Setting(seed);
            var persons = Decode(codes, calendar).Persons();
            foreach (var interval in Intervals)
            {
                var query = new MrrQuery { Interval = interval, Range = WholePeriods(calendar, interval, seed) };
                foreach (var currency in RevenueAnswers.Stored(persons, calendar, query, seed).Currencies)
                {
                    MrrPeriod? before = null;
                    foreach (var p in currency.Periods)
                    {
                        var closing = persons.Aggregate((Int128)0, (sum, person) => sum + new NaiveMrr(person).At(currency.Currency, calendar.EndOf(interval, p.Start)));
                        Assert.Equal(closing, p.Opening.Twelfths + p.New.Twelfths + p.Expansion.Twelfths + p.Reactivation.Twelfths - p.Contraction.Twelfths - p.Churn.Twelfths);
                        Assert.Equal(closing, p.Closing.Twelfths);
                        if (before is not null) Assert.Equal(before.Closing, p.Opening);
                        before = p;
                    }
                }
            }
        });

    [Fact]
    public void Cells_are_the_same_however_the_events_are_split()
    {
        Holds(150, (codes, seed) =>
        {
            var (calendar, _) = Setting(seed);
            var persons = Decode(codes, calendar).Persons();
            var fold = new MrrFold(7, RevenueSettings.Default, calendar);
            Assert.Equal(Rows(1), Rows(seed));

            string Rows(int split) => string.Join("\n", RevenueAnswers.Cells(fold, MrrFold.Tables, persons, split).Rows
                .Where(row => row.Value.Any(sum => sum != 0)).Select(row => $"{row.Key} {string.Join(",", row.Value)}").Order(StringComparer.Ordinal));
        });
    }

    private static void Holds(int times, Action<int[], int> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(times), Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), ArbMap.Default.ArbFor<DoNotSize<int>>(), (codes, seed) => property([.. codes.Select(code => (code * 1_000_003) ^ seed.Item)], Math.Abs(seed.Item % 1_000_000))));

    private static (Calendar, Period) Setting(int seed) =>
        (Calendar.For(Zones[seed % Zones.Length], seed % 2 == 0 ? DayOfWeek.Sunday : DayOfWeek.Monday), Intervals[seed / 7 % Intervals.Length]);

    private static TimeRange WholePeriods(Calendar calendar, Period interval, int seed)
    {
        var start = calendar.StartOf(interval, Instant.Parse("2024-02-20T00:00:00Z") + (seed % 50 * 86_400_000L));
        return new TimeRange(start, calendar.Add(interval, start, interval == Period.Day ? 40 : 6) - 1);
    }

    private static string Text(MrrReport report) => JsonSerializer.Serialize(report);

    // A grid of few instants, many of them at or beside a boundary, so that events meet each other and the boundaries.
    private static long At(System.Random random, Calendar calendar)
    {
        var day = Instant.Parse("2024-01-15T00:00:00Z") + (random.Next(40) * 4 * 86_400_000L);
        return random.Next(5) switch
        {
            0 => calendar.StartOf(Period.Month, day),
            1 => calendar.StartOf(Period.Week, day) - 1,
            2 => calendar.StartOf(Period.Month, day) + random.Next(-1, 2),
            3 => calendar.StartOf(Period.Quarter, day),
            _ => day + (random.Next(3) * 7 * 3_600_000L),
        };
    }

    private static Histories Decode(int[] codes, Calendar calendar)
    {
        var histories = new Histories();
        foreach (var code in codes)
        {
            var random = new System.Random(code);
            var at = At(random, calendar);
            var name = random.Next(10) switch { < 4 => "started", < 6 => "changed", < 8 => "cancelled", 8 => "paused", _ => "resumed" };
            var properties = new JsonObject { ["subscription_id"] = "s" + random.Next(2) };
            if (name == "started") AddTerms(properties, random, all: true);
            if (name == "changed") AddTerms(properties, random, all: false);
            if (name is "started" or "changed" && random.Next(4) == 0) properties["trial_ends_at"] = Instant.ToText(At(random, calendar));
            if (name == "cancelled" && random.Next(2) == 0) properties["effective_at"] = Instant.ToText(At(random, calendar));
            histories.Add("u" + random.Next(2), "subscription_" + name, at, properties);
        }
        return histories;
    }

    private static void AddTerms(JsonObject properties, System.Random random, bool all)
    {
        if (all || random.Next(2) == 0)
        {
            var currency = random.Next(3) == 0 ? Currencies[random.Next(3)] : "USD";
            properties["amount"] = currency == "JPY" ? random.Next(4) * 1000 : $"{random.Next(3) * 10}.{random.Next(2) * 50:00}";
            properties["currency"] = currency;
        }
        if (all || random.Next(3) == 0) properties["interval"] = new[] { "day", "week", "month", "quarter", "year" }[random.Next(5)];
        if (random.Next(3) == 0) properties["quantity"] = random.Next(4);
    }
}
