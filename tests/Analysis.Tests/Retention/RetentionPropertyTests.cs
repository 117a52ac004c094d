using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using System.Text.Json;

namespace EventSourcedAnalytics.Analysis.Tests.Retention;

public sealed class RetentionPropertyTests
{
    [Fact]
    public void Ad_hoc_equals_the_definition_for_any_range() => Properties.ForSeeds(600, seed =>
    {
        var world = new RandomHistories(seed);
        var (query, persons) = Ask(world, wholePeriods: false);
        AssertIsNaive(query, world.Calendar, persons, Explore(query, world.Calendar, persons));
    });

    [Fact]
    public void Stored_equals_ad_hoc_for_whole_periods_however_batches_are_cut() => Properties.ForSeeds(600, seed =>
    {
        var world = new RandomHistories(seed);
        var (query, persons) = Ask(world, wholePeriods: true);
        var definition = new RetentionDefinition("k", "n", query with { Range = null, Intervals = query.Intervals is { } asked ? Math.Min(60, asked + world.Random.Next(3)) : null });
        Assert.True(RetentionFold.CanAnswer(definition, world.Calendar, query.Range!.Value, query.Intervals));
        var fold = new RetentionFold(11, definition, world.Calendar);
        var cells = StoredRun.Fold(fold, RetentionFold.Tables, persons, _ => world.Random.Next(3) == 0);
        StoredRun.AssertEqual(cells, StoredRun.Fold(fold, RetentionFold.Tables, persons, _ => false));
        var selected = StoredRun.Select(cells, RetentionFold.Tables, RetentionFold.Selections(query, world.Calendar));
        var stored = RetentionReport.Build(query, world.Calendar, selected, 11);
        AssertSame(Explore(query, world.Calendar, persons), stored);
        AssertIsNaive(query, world.Calendar, persons, stored);
    });

    [Fact]
    public void Explorations_of_disjoint_persons_merge() => Properties.ForSeeds(100, seed =>
    {
        var world = new RandomHistories(seed);
        var (query, persons) = Ask(world, wholePeriods: false);
        RetentionExploration left = new(query, world.Calendar), right = new(query, world.Calendar);
        foreach (var person in persons) (world.Random.Next(2) == 0 ? left : right).Add(person);
        left.Merge(right);
        AssertSame(Explore(query, world.Calendar, persons), left.Build());
    });

    [Fact]
    public void The_persons_behind_a_cell_are_as_many_as_it_counts() => Properties.ForSeeds(300, seed =>
    {
        var world = new RandomHistories(seed);
        var (query, persons) = Ask(world, wholePeriods: false);
        if (query.Value != RetentionValue.Customers) return;
        var report = Explore(query, world.Calendar, persons);
        foreach (var matrix in report.Totals.Concat(report.Breakdowns))
        {
            foreach (var row in matrix.Rows)
            {
                foreach (var cell in row.Cells)
                {
                    var provenance = new RetentionProvenance(query, world.Calendar, row.Cohort, cell.Interval, matrix.Value.Count == 0 ? null : matrix.Value);
                    var members = persons.Select(provenance.Find).OfType<RetentionMember>().ToList();
                    Assert.Equal(row.Size, members.Count);
                    Assert.Equal(cell.Amount, members.Count(member => member.HasReturned));
                }
            }
        }
    });

    [Fact]
    public void A_query_survives_json() => Properties.ForSeeds(100, seed =>
    {
        var (query, _) = Ask(new RandomHistories(seed), wholePeriods: false);
        var json = JsonSerializer.Serialize(query, AnalysisJson.Options);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<RetentionQuery>(json, AnalysisJson.Options), AnalysisJson.Options));
    });

    private static RetentionReport Explore(RetentionQuery query, Calendar calendar, IEnumerable<PersonHistory> persons)
    {
        var exploration = new RetentionExploration(query, calendar);
        foreach (var person in persons) exploration.Add(person);
        return exploration.Build();
    }

    private static (RetentionQuery Query, List<PersonHistory> Persons) Ask(RandomHistories world, bool wholePeriods)
    {
        var period = world.OneOf(Period.Hour, Period.Day, Period.Week, Period.Month, Period.Quarter);
        var persons = world.Persons(period);
        var value = world.OneOf(RetentionValue.Customers, RetentionValue.Customers, RetentionValue.Events, RetentionValue.Sum, RetentionValue.Average);
        var isCustomers = value == RetentionValue.Customers;
        var from = world.Calendar.Add(period, world.Center, world.Random.Next(-8, 5));
        var to = world.Calendar.EndOf(period, world.Calendar.Add(period, from, world.Random.Next(0, 10)));
        if (!wholePeriods) (from, to) = (from + world.Random.NextInt64((to - from) / 3 + 1), to - world.Random.NextInt64((to - from) / 3 + 1));
        var query = new RetentionQuery
        {
            Start = Series(world),
            Return = Series(world),
            Period = period,
            Mode = world.OneOf(Enum.GetValues<RetentionMode>()),
            OnOrAfter = isCustomers && world.Random.Next(3) == 0,
            MinimumOccurrences = isCustomers ? world.OneOf(1, 1, 2, 3) : 1,
            Intervals = world.OneOf<int?>(null, 1, 2, 5, 12, 60),
            Filters = world.Random.Next(4) == 0 ? [Plan("neq", "b")] : null,
            Breakdown = world.Random.Next(2) == 0 ? new Breakdown { By = world.OneOf<string[]>(["properties.plan"], ["customer.tier"], ["properties.plan", "customer.tier"]) } : null,
            Value = value,
            Property = value >= RetentionValue.Sum ? "properties.n" : null,
            Range = new TimeRange(from, to),
        };
        Assert.Empty(query.Validate());
        return (query, persons);
    }

    private static EventSeries Series(RandomHistories world) => world.Random.Next(5) switch
    {
        0 => new EventSeries(),
        1 => new EventSeries { Events = [new EventPattern { Name = "open" }, new EventPattern { Name = "buy" }] },
        2 => new EventSeries { Events = [new EventPattern { Name = "buy", Filters = [Plan("eq", "a")] }] },
        3 => new EventSeries { Events = [new EventPattern { Filters = [new Filter { Path = "customer.tier", Op = FilterOperator.IsSet }] }] },
        _ => EventSeries.Named("open"),
    };

    private static Filter Plan(string op, string value) => JsonSerializer.Deserialize<Filter>($$"""{"path":"properties.plan","op":"{{op}}","value":"{{value}}"}""", AnalysisJson.Options)!;

    private static void AssertIsNaive(RetentionQuery query, Calendar calendar, List<PersonHistory> persons, RetentionReport report)
    {
        var naive = new NaiveRetention(query, calendar, persons);
        Assert.Equal(calendar.PeriodsOf(query.Period, query.Range!.Value), report.Cohorts);
        AssertMatrix(naive, report, Assert.Single(report.Totals), null);
        foreach (var matrix in report.Breakdowns) AssertMatrix(naive, report, matrix, string.Join('|', matrix.Value));
        if (query.Breakdown is not null && query.Mode != RetentionMode.Recurring)
            Assert.Equal(report.Totals[0].Rows.Sum(row => row.Size), report.Breakdowns.Sum(matrix => matrix.Rows.Sum(row => row.Size)));
    }

    private static void AssertMatrix(NaiveRetention naive, RetentionReport report, RetentionMatrix matrix, string? value)
    {
        for (var row = 0; row < report.Cohorts.Count; row++)
        {
            Assert.Equal(naive.Size(report.Cohorts[row], value), matrix.Rows[row].Size);
            Assert.Equal(Math.Min(report.Intervals, report.Cohorts.Count - row), matrix.Rows[row].Cells.Count);
            foreach (var cell in matrix.Rows[row].Cells)
                Assert.Equal(naive.Cell(report.Cohorts, row, cell.Interval, report.Intervals, value), (cell.Amount, cell.Count));
        }
    }

    private static void AssertSame(RetentionReport expected, RetentionReport actual) =>
        Assert.Equal(JsonSerializer.Serialize(expected, AnalysisJson.Options), JsonSerializer.Serialize(actual, AnalysisJson.Options));
}
