using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Lifecycle;
using EventSourcedAnalytics.Analysis.Stickiness;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Activity;

public sealed class ActivityPropertyTests
{
    [Fact]
    public void Ad_hoc_activity_equals_counting_over_all_events() => Properties.ForSeeds(600, seed =>
    {
        var world = new RandomHistories(seed);
        var (query, persons) = Ask(world, wholePeriods: false);
        AssertNaive(query, world.Calendar, persons, Explore(query, world.Calendar, persons));
    });

    [Fact]
    public void Stored_activity_equals_ad_hoc_however_batches_are_cut() => Properties.ForSeeds(500, seed =>
    {
        var world = new RandomHistories(seed);
        var (asked, persons) = Ask(world, wholePeriods: true);
        var query = asked with { Filters = null, Breakdown = null, Series = world.OneOf(new EventSeries(), EventSeries.Named("buy")) };
        if (query.ByName) query = query with { Series = new EventSeries() };
        var isPartOfDay = query.Measure >= ActivityMeasure.Wau && !world.Calendar.IsWhole(Period.Day, query.Range);
        Assert.Equal(query.Interval != Period.Minute && !isPartOfDay, StoredActivity.CanAnswer(query, world.Calendar));
        if (!StoredActivity.CanAnswer(query, world.Calendar)) return;
        var cells = Fold(world, persons);
        var selected = StoredRun.Select(cells, ActivityFold.Tables, StoredActivity.Selections(query, world.Calendar));
        AssertNaive(query, world.Calendar, persons, ActivityReport.Build(query, world.Calendar, selected, 5));
    });

    [Fact]
    public void Lifecycle_equals_its_definition_stored_and_ad_hoc() => Properties.ForSeeds(600, seed =>
    {
        var world = new RandomHistories(seed);
        var whole = world.Random.Next(2) == 0;
        var (asked, persons) = Ask(world, whole);
        var series = whole ? world.OneOf(new EventSeries(), EventSeries.Named("open")) : asked.Series;
        var query = new LifecycleQuery { Series = series, Interval = asked.Interval, Range = asked.Range, Filters = whole ? null : asked.Filters };
        var exploration = new LifecycleExploration(query, world.Calendar);
        foreach (var person in persons) exploration.Add(person);
        var expected = NaiveLifecycle(query, world.Calendar, persons);
        AssertSame(expected, exploration.Build());
        for (var i = 0; i < expected.Periods.Count; i++)
            Assert.Equal(-expected.Dormant[i], persons.Count(person => exploration.StatusOf(person)[i] == LifecycleStatus.Dormant));
        if (!whole || query.Interval < Period.Day) return;
        Assert.True(LifecycleReport.CanAnswer(query, world.Calendar));
        var selected = StoredRun.Select(Fold(world, persons), ActivityFold.Tables, LifecycleReport.Selections(query, world.Calendar));
        AssertSame(expected, LifecycleReport.Build(query, world.Calendar, selected, 5));
    });

    [Fact]
    public void Stickiness_equals_its_definition_stored_and_ad_hoc() => Properties.ForSeeds(400, seed =>
    {
        var world = new RandomHistories(seed);
        var scope = world.OneOf(Period.Week, Period.Month, Period.Quarter);
        var persons = world.Persons(Period.Day, spread: 20);
        var from = world.Calendar.StartOf(scope, world.Calendar.Add(Period.Day, world.Center, world.Random.Next(-15, 15)));
        var query = new StickinessQuery { Range = new TimeRange(from, world.Calendar.EndOf(scope, from)) };
        var exploration = new StickinessExploration(query, world.Calendar);
        foreach (var person in persons) exploration.Add(person);
        var report = exploration.Build();
        var naive = persons.Select(person => person.Events.Where(e => query.Range.Contains(e.At)).Select(e => world.Calendar.StartOf(Period.Day, e.At)).Distinct().Count()).ToList();
        for (var days = 1; days <= report.Periods.Count; days++) Assert.Equal(naive.Count(count => count == days), report.Counts[days - 1]);
        Assert.Equal(naive.Count(count => count > 0), report.Total);
        Assert.True(StickinessReport.CanAnswer(query, world.Calendar));
        var stored = StickinessReport.Build(query, world.Calendar, StoredRun.Select(Fold(world, persons), ActivityFold.Tables, StickinessReport.Selections(query, world.Calendar)), 5);
        Assert.Equal(report.Counts, stored.Counts);
        Assert.Equal(report.Total, stored.Total);
    });

    [Fact]
    public void Explorations_of_disjoint_persons_merge() => Properties.ForSeeds(100, seed =>
    {
        var world = new RandomHistories(seed);
        var (query, persons) = Ask(world, wholePeriods: false);
        ActivityExploration left = new(query, world.Calendar), right = new(query, world.Calendar);
        foreach (var person in persons) (world.Random.Next(2) == 0 ? left : right).Add(person);
        left.Merge(right);
        AssertNaive(query, world.Calendar, persons, left.Build());
    });

    private static CellSet Fold(RandomHistories world, List<PersonHistory> persons)
    {
        var fold = new ActivityFold(5, world.Calendar);
        var cells = StoredRun.Fold(fold, ActivityFold.Tables, persons, _ => world.Random.Next(3) == 0);
        StoredRun.AssertEqual(cells, StoredRun.Fold(fold, ActivityFold.Tables, persons, _ => false));
        return cells;
    }

    private static ActivityReport Explore(ActivityQuery query, Calendar calendar, List<PersonHistory> persons)
    {
        var exploration = new ActivityExploration(query, calendar);
        foreach (var person in persons) exploration.Add(person);
        return exploration.Build();
    }

    private static (ActivityQuery Query, List<PersonHistory> Persons) Ask(RandomHistories world, bool wholePeriods)
    {
        var interval = world.OneOf(Enum.GetValues<Period>());
        var measure = world.OneOf(Enum.GetValues<ActivityMeasure>());
        var persons = world.Persons(measure >= ActivityMeasure.Wau ? Period.Day : interval, spread: measure >= ActivityMeasure.Wau ? 40 : 9);
        var from = world.Calendar.StartOf(interval, world.Calendar.Add(interval, world.Calendar.StartOf(interval, world.Center), world.Random.Next(-8, 5)));
        var to = world.Calendar.EndOf(interval, world.Calendar.Add(interval, from, world.Random.Next(0, 10)));
        if (!wholePeriods) (from, to) = (from + world.Random.NextInt64((to - from) / 3 + 1), to - world.Random.NextInt64((to - from) / 3 + 1));
        var query = new ActivityQuery
        {
            Series = world.OneOf(new EventSeries(), EventSeries.Named("buy"), new EventSeries { Events = [new EventPattern { Name = "open" }, new EventPattern { Name = "leave" }] }),
            Measure = measure,
            Interval = interval,
            Filters = world.Random.Next(3) == 0 ? [new Filter { Path = "properties.plan", Op = FilterOperator.IsSet }] : null,
            Breakdown = world.Random.Next(3) == 0 ? new Breakdown { By = world.OneOf<string[]>(["properties.plan"], ["properties.plan", "customer.tier"]) } : null,
            Range = new TimeRange(from, to),
        };
        if (query.Breakdown is null && world.Random.Next(2) == 0) query = query with { ByName = true };
        Assert.Empty(query.Validate());
        return (query, persons);
    }

    private static void AssertNaive(ActivityQuery query, Calendar calendar, List<PersonHistory> persons, ActivityReport report)
    {
        Assert.Equal(calendar.PeriodsOf(query.Interval, query.Range), report.Periods);
        Assert.Equal(NaiveValues(query, calendar, persons, _ => true), report.Values);
        var labels = persons.SelectMany(person => person.Events.Select(e => Label(query, e))).Distinct().ToList();
        if (query.Breakdown is null && !query.ByName) labels.Clear();
        var expected = labels.ToDictionary(label => label, label => NaiveValues(query, calendar, persons, e => Label(query, e) == label));
        Assert.Equal(expected.Where(pair => pair.Value.Any(value => value > 0)).Select(pair => pair.Key).Order(), report.Breakdowns.Select(breakdown => string.Join('|', breakdown.Value)).Order());
        foreach (var breakdown in report.Breakdowns) Assert.Equal(expected[string.Join('|', breakdown.Value)], breakdown.Values);
    }

    private static string Label(ActivityQuery query, PersonEvent e) =>
        query.ByName ? e.Event.Name : string.Join('|', query.Breakdown?.By.Select(path => e.Find(PropertyPath.Parse(path)).ToLabel()) ?? []);

    private static List<long> NaiveValues(ActivityQuery query, Calendar calendar, List<PersonHistory> persons, Func<PersonEvent, bool> extra)
    {
        var matcher = EventMatcher.For(query.Series, query.Filters);
        return [.. calendar.PeriodsOf(query.Interval, query.Range).Select(start =>
        {
            var end = Math.Min(calendar.EndOf(query.Interval, start), query.Range.To);
            var from = Math.Max(start, query.Range.From);
            if (query.Measure >= ActivityMeasure.Wau)
            {
                var days = query.Measure == ActivityMeasure.Wau ? 7 : 30;
                from = end;
                for (var left = days; left > 0; left--) from = calendar.StartOf(Period.Day, from) - 1;
                from++;
                end = Math.Min(calendar.EndOf(Period.Day, calendar.StartOf(Period.Day, end)), query.Range.To);
            }
            var counts = persons.Select(person => person.Events.Count(e => matcher.Matches(e) && extra(e) && e.At >= from && e.At <= end)).ToList();
            return query.Measure == ActivityMeasure.Events ? counts.Sum() : counts.Count(count => count > 0);
        })];
    }

    private static LifecycleReport NaiveLifecycle(LifecycleQuery query, Calendar calendar, List<PersonHistory> persons)
    {
        var matcher = EventMatcher.For(query.Series, query.Filters);
        var periods = calendar.PeriodsOf(query.Interval, query.Range);
        long[] fresh = new long[periods.Count], returning = new long[periods.Count], resurrecting = new long[periods.Count], dormant = new long[periods.Count];
        foreach (var person in persons)
        {
            var times = person.Events.Where(e => matcher.Matches(e)).Select(e => e.At).ToList();
            for (var i = 0; i < periods.Count; i++)
            {
                bool ActiveIn(int period) => period < 0
                    ? times.Any(at => calendar.StartOf(query.Interval, at) == calendar.StartOf(query.Interval, periods[0] - 1))
                    : times.Any(at => query.Range.Contains(at) && calendar.StartOf(query.Interval, at) == periods[period]);
                if (!ActiveIn(i)) dormant[i] -= ActiveIn(i - 1) ? 1 : 0;
                else if (query.Range.Contains(times[0]) && calendar.StartOf(query.Interval, times[0]) == periods[i]) fresh[i]++;
                else if (ActiveIn(i - 1)) returning[i]++;
                else resurrecting[i]++;
            }
        }
        return new LifecycleReport(query.Interval, periods, fresh, returning, resurrecting, dormant);
    }

    private static void AssertSame(LifecycleReport expected, LifecycleReport actual)
    {
        Assert.Equal(expected.Periods, actual.Periods);
        Assert.Equal(expected.New, actual.New);
        Assert.Equal(expected.Returning, actual.Returning);
        Assert.Equal(expected.Resurrecting, actual.Resurrecting);
        Assert.Equal(expected.Dormant, actual.Dormant);
    }
}
