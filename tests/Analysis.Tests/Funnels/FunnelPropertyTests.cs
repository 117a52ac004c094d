using System.Globalization;
using Calendar = EventSourcedAnalytics.Analysis.Time.Calendar;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Funnels;

public sealed class FunnelPropertyTests
{
    [Fact]
    public void Ad_hoc_equals_the_naive_rules_for_every_combination_of_options() => Properties.ForSeeds(2_500, seed =>
    {
        var world = new FunnelWorld(seed);
        var (query, persons) = (world.AnyQuery(), world.Persons());
        var range = world.OneOf(world.Everything, world.SomeRange());
        var found = new NaiveFunnel(query, world.Calendar, range).Run(persons);
        var exploration = Explore(query, world.Calendar, range, persons);
        var report = exploration.Build();
        Same("whole", Texts(found.Where(entry => entry.Value is null && entry.Period is null)), Texts(exploration.Persons()));
        AssertCounts(query, report.Steps, [.. found.Where(entry => entry.Value is null && entry.Period is null).Select(entry => entry.Result)]);
        foreach (var point in report.Trend)
        {
            var own = found.Where(entry => entry.Value is null && entry.Period == point.Period).ToList();
            Same($"period {point.Period}", Texts(own), Texts(exploration.Persons(period: point.Period)));
            Assert.Equal(own.Count, point.Entered);
            Assert.Equal(own.Count(entry => entry.Result.Depth == query.Steps.Count), point.Converted);
        }
        AssertBreakdown(query, found, exploration, report);
    });

    [Fact]
    public void Stored_equals_ad_hoc_however_batches_are_cut() => Properties.ForSeeds(2_000, seed =>
    {
        var world = new FunnelWorld(seed);
        var query = world.AnyQuery();
        if (!query.CanBeStored(out _)) return;
        var persons = world.Persons();
        var some = world.SomeRange();
        var named = new FunnelNamedRange("some", Instant.ToText(some.From), Instant.ToText(some.To));
        var definition = new FunnelDefinition { Key = "k", Name = "n", Query = query, NamedRanges = [named] };
        var fold = new FunnelFold(7, definition, world.Calendar);
        var cells = StoredRun.Fold(fold, FunnelCells.Tables, persons, _ => world.Rarely(2));
        StoredRun.AssertEqual(StoredRun.Fold(fold, FunnelCells.Tables, persons, _ => false), cells);
        AssertStored(definition, world.Calendar, cells, new StoredFunnelQuestion("some"), query with { Trend = null }, some, persons);
        AssertStored(definition, world.Calendar, cells, new StoredFunnelQuestion(), query with { Trend = null }, world.Everything, persons);
        if (query.Steps.Count < 2 || query.Steps.Any(step => step.Optional)) return;
        var interval = world.OneOf(Period.Day, Period.Week, Period.Month);
        AssertStored(definition with { Query = query with { Trend = new FunnelTrend { Interval = interval } } }, world.Calendar, cells, new StoredFunnelQuestion(null, interval, world.Everything),
            query with { Trend = new FunnelTrend { Interval = interval } }, world.Everything, persons);
    });

    [Fact]
    public void Explorations_of_disjoint_persons_merge() => Properties.ForSeeds(300, seed =>
    {
        var world = new FunnelWorld(seed);
        var (query, persons) = (world.AnyQuery(), world.Persons());
        var left = new FunnelExploration(query, world.Calendar, world.Everything, keepPersons: true);
        var right = new FunnelExploration(query, world.Calendar, world.Everything, keepPersons: true);
        foreach (var person in persons) (world.Rarely(2) ? left : right).Add(person);
        left.Merge(right);
        var whole = Explore(query, world.Calendar, world.Everything, persons);
        Assert.Equal(Text(whole.Build()), Text(left.Build()));
        Same("persons", Texts(whole.Persons()), Texts(left.Persons()));
    });

    [Fact]
    public void A_query_survives_json() => Properties.ForSeeds(200, seed =>
    {
        var json = JsonSerializer.Serialize(new FunnelWorld(seed).AnyQuery(), AnalysisJson.Options);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<FunnelQuery>(json, AnalysisJson.Options), AnalysisJson.Options));
    });

    private static void AssertBreakdown(FunnelQuery query, List<(IReadOnlyList<string>? Value, long? Period, string Person, NaiveResult Result)> found, FunnelExploration exploration, FunnelReport report)
    {
        if (query.Breakdown is not { } breakdown) return;
        var ranked = new NaiveFunnel(query, Calendar.Utc, default).Ranked(found);
        var shown = ranked.Take(breakdown.Limit).ToList();
        Assert.Equal(shown.Count + (ranked.Count > shown.Count ? 1 : 0), report.Breakdowns.Count);
        for (var i = 0; i < shown.Count; i++)
        {
            var own = found.Where(entry => entry.Value is not null && entry.Period is null && entry.Value.SequenceEqual(shown[i])).ToList();
            Assert.Equal(shown[i], report.Breakdowns[i].Value);
            AssertCounts(query, report.Breakdowns[i].Steps, [.. own.Select(entry => entry.Result)]);
            Same("value", Texts(own), Texts(exploration.Persons(shown[i])));
            foreach (var point in report.Breakdowns[i].Trend)
                Assert.Equal(found.Count(entry => entry.Value is not null && entry.Period == point.Period && entry.Value.SequenceEqual(shown[i])), point.Entered);
        }
        if (ranked.Count == shown.Count || query.Counting != FunnelCounting.Customers) return;
        var rest = ranked.Skip(shown.Count).Select(value => string.Join('|', value)).ToHashSet();
        var union = found.Where(entry => entry.Value is not null && entry.Period is null && rest.Contains(string.Join('|', entry.Value))).GroupBy(entry => entry.Person)
            .Select(group => group.OrderByDescending(entry => entry.Result.Depth).ThenBy(entry => entry.Result.Backwards).First()).ToList();
        AssertCounts(query, report.Breakdowns[^1].Steps, [.. union.Select(entry => entry.Result)]);
        Assert.Equal(union.Select(entry => entry.Person).Order(), exploration.Persons(["Other"]).Select(person => person.Id).Order());
    }

    private static void AssertCounts(FunnelQuery query, IReadOnlyList<FunnelReportStep> steps, List<NaiveResult> results)
    {
        var required = 1;
        for (var step = 1; step <= steps.Count; step++)
        {
            var isOptional = query.Steps[step - 1].Optional;
            Assert.Equal(results.Count(result => isOptional ? result.Chain.Exists(link => link.Step == step) : result.Depth >= step), steps[step - 1].Count);
            var times = step == 1 || isOptional ? [] : results.Where(result => result.Depth >= step).Select(result => result.Chain.Find(link => link.Step == step).At - result.Chain.Find(link => link.Step == required).At).ToList();
            if (times.Count == 0) Assert.Null(steps[step - 1].AverageSeconds);
            else Assert.Equal(times.Average() / 1000, steps[step - 1].AverageSeconds!.Value, 6);
            if (!isOptional) required = step;
        }
    }

    private static void AssertStored(FunnelDefinition definition, Calendar calendar, CellSet cells, StoredFunnelQuestion question, FunnelQuery query, TimeRange range, List<PersonHistory> persons)
    {
        var selected = StoredRun.Select(cells, FunnelCells.Tables, StoredFunnel.Selections(definition, calendar, question));
        if (StoredFunnel.Build(definition, calendar, question, selected.Rows) is StoredFunnelAnswer.Answered answered)
            Assert.Equal(Text(Explore(query, calendar, range, persons).Build()), Text(answered.Report));
        else Assert.True(query.Breakdown!.Attribution is FunnelAttribution.Step or FunnelAttribution.AllEvents);
    }

    private static FunnelExploration Explore(FunnelQuery query, Calendar calendar, TimeRange range, IEnumerable<PersonHistory> persons)
    {
        var exploration = new FunnelExploration(query, calendar, range, keepPersons: true);
        foreach (var person in persons) exploration.Add(person);
        return exploration;
    }

    private static string Text(FunnelReport report) => JsonSerializer.Serialize(report, AnalysisJson.Options);

    private static IEnumerable<string> Texts(IEnumerable<(IReadOnlyList<string>? Value, long? Period, string Person, NaiveResult Result)> found) => found.Select(entry => $"{entry.Person} {entry.Result}");

    private static IEnumerable<string> Texts(IEnumerable<FunnelPerson> persons) =>
        persons.Select(person => string.Create(CultureInfo.InvariantCulture, $"{person.Id} {person.Depth}:{string.Join(",", person.Steps.Zip(person.Path).Select(pair => $"{pair.First}@{pair.Second.At}"))}"));

    private static void Same(string what, IEnumerable<string> expected, IEnumerable<string> actual) =>
        Assert.Equal($"{what}\n{string.Join("\n", expected.Order(StringComparer.Ordinal))}", $"{what}\n{string.Join("\n", actual.Order(StringComparer.Ordinal))}");
}
