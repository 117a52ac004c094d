using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>Ad hoc = stored = brute force for generated histories of orders and refunds.</summary>
public class OrdersPropertyTests
{
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "America/Santiago"];
    private static readonly Period[] Intervals = [Period.Day, Period.Week, Period.Month, Period.Quarter];

    [Fact]
    public void Orders_stored_ad_hoc_and_by_brute_force_agree_on_whole_periods() =>
        Holds(250, (codes, seed) =>
        {
            var calendar = CalendarOf(seed);
            var interval = seed % 5 == 0 ? Period.Hour : Intervals[seed / 7 % 4];
            var persons = Decode(codes, calendar).Persons();
            var query = new OrdersQuery { Interval = interval, Range = WholePeriods(calendar, interval, seed) };
            var naive = Text(new NaiveOrders(persons).Orders(calendar, query));
            Assert.Equal(naive, Text(RevenueAnswers.AdHoc(persons, calendar, query)));
            Assert.Equal(naive, Text(RevenueAnswers.Stored(persons, calendar, query, seed)));
        });

    [Fact]
    public void Orders_ad_hoc_and_by_brute_force_agree_on_any_range_and_interval() =>
        Holds(150, (codes, seed) =>
        {
            var calendar = CalendarOf(seed);
            var persons = Decode(codes, calendar).Persons();
            var random = new System.Random(seed);
            var from = At(random, calendar);
            var query = new OrdersQuery { Interval = (Period)random.Next(1, 6), Range = new TimeRange(from, from + random.Next(1, 60 * 24) * 3_600_000L) };
            Assert.Equal(Text(new NaiveOrders(persons).Orders(calendar, query)), Text(RevenueAnswers.AdHoc(persons, calendar, query)));
        });

    [Fact]
    public void Cohort_revenue_stored_ad_hoc_and_by_brute_force_agree() =>
        Holds(250, (codes, seed) =>
        {
            var calendar = CalendarOf(seed);
            var interval = Intervals[seed / 7 % 4];
            var persons = Decode(codes, calendar).Persons();
            var query = new CohortRevenueQuery { Period = interval, Intervals = 1 + (seed % 12), Currency = seed % 3 == 0 ? "JPY" : "USD", Range = WholePeriods(calendar, interval, seed) };
            var naive = Text(new NaiveOrders(persons).Cohorts(calendar, query));
            Assert.Equal(naive, Text(RevenueAnswers.AdHoc(persons, calendar, query)));
            Assert.Equal(naive, Text(RevenueAnswers.Stored(persons, calendar, query, seed)));
        });

    [Fact]
    public void Order_counts_stored_ad_hoc_and_by_brute_force_agree() =>
        Holds(100, (codes, seed) =>
        {
            var persons = Decode(codes, Calendar.Utc).Persons();
            var exploration = new OrderCountsExploration(RevenueSettings.Default);
            foreach (var person in persons) exploration.Add(person);
            var cells = RevenueAnswers.Cells(new RevenueFold(7, RevenueSettings.Default, Calendar.Utc), RevenueFold.Tables, persons, seed);
            var naive = JsonSerializer.Serialize(new NaiveOrders(persons).Counts());
            Assert.Equal(naive, JsonSerializer.Serialize(exploration.Build()));
            Assert.Equal(naive, JsonSerializer.Serialize(RevenueFold.BuildOrderCounts(StoredRun.Select(cells, RevenueFold.Tables, RevenueFold.OrderCountsSelections).Rows)));
        });

    private static void Holds(int times, Action<int[], int> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(times), Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), ArbMap.Default.ArbFor<DoNotSize<int>>(),
            (codes, seed) => property([.. codes.Select(code => (code * 1_000_003) ^ seed.Item)], Math.Abs(seed.Item % 1_000_000))));

    private static Calendar CalendarOf(int seed) => Calendar.For(Zones[seed % Zones.Length], seed % 2 == 0 ? DayOfWeek.Sunday : DayOfWeek.Monday);

    private static TimeRange WholePeriods(Calendar calendar, Period interval, int seed)
    {
        var start = calendar.StartOf(interval, Instant.Parse("2024-02-20T00:00:00Z") + (seed % 50 * 86_400_000L));
        return new TimeRange(start, calendar.Add(interval, start, interval == Period.Hour ? 200 : interval == Period.Day ? 60 : 8) - 1);
    }

    private static string Text<T>(T report) => JsonSerializer.Serialize(report);

    private static long At(System.Random random, Calendar calendar)
    {
        var day = Instant.Parse("2024-02-15T00:00:00Z") + (random.Next(30) * 3 * 86_400_000L);
        return random.Next(4) switch
        {
            0 => calendar.StartOf(Period.Month, day) + random.Next(-1, 2),
            1 => calendar.StartOf(Period.Week, day) - random.Next(2),
            _ => day + (random.Next(5) * 5 * 3_600_000L),
        };
    }

    private static Histories Decode(int[] codes, Calendar calendar)
    {
        var histories = new Histories();
        foreach (var code in codes)
        {
            var random = new System.Random(code);
            var name = new[] { "Order Completed", "purchase_completed", "Order Completed", "Order Refunded", "refund_issued", "page" }[random.Next(6)];
            var isYen = random.Next(4) == 0;
            JsonNode amount = isYen ? random.Next(3) * 500 : random.Next(2) == 0 ? $"{random.Next(100)}.{random.Next(100):00}" : random.Next(100) / 4m;
            var properties = new JsonObject { ["order_id"] = "o" + random.Next(60), [random.Next(4) == 0 ? "revenue" : "total"] = amount };
            if (isYen || random.Next(3) > 0) properties["currency"] = isYen ? "JPY" : "USD";
            histories.Add("u" + random.Next(5), name, At(random, calendar), properties);
        }
        return histories;
    }
}
