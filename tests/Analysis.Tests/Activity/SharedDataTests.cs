using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Lifecycle;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Stickiness;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;
using Calendar = EventSourcedAnalytics.Analysis.Time.Calendar;

namespace EventSourcedAnalytics.Analysis.Tests.Activity;

/// <summary>Published and independently computed numbers of the shared event streams, from stored cells and ad hoc.</summary>
public sealed class SharedDataTests
{
    [SharedFact]
    public void Ecom_daily_events_and_users_match()
    {
        var expected = SharedData.Expected("ecom").GetProperty("daily").EnumerateArray()
            .ToDictionary(day => Day(day), day => (Messages: day.GetProperty("messages").GetInt64(), Users: day.GetProperty("users").GetInt64()));
        var range = Range("2024-01-04", "2024-06-29");
        AssertActivity("ecom", ActivityMeasure.Events, Period.Day, range, start => expected.GetValueOrDefault(start).Messages);
        AssertActivity("ecom", ActivityMeasure.Dau, Period.Day, range, start => expected.GetValueOrDefault(start).Users);
    }

    [SharedFact]
    public void Ecom_trailing_windows_match()
    {
        var expected = SharedData.Expected("ecom").GetProperty("trailing_2024_03").EnumerateArray()
            .ToDictionary(day => Day(day), day => (Wau: day.GetProperty("wau").GetInt64(), Mau: day.GetProperty("mau").GetInt64()));
        AssertActivity("ecom", ActivityMeasure.Wau, Period.Day, Range("2024-03-01", "2024-03-31"), start => expected[start].Wau);
        AssertActivity("ecom", ActivityMeasure.Mau, Period.Day, Range("2024-03-01", "2024-03-31"), start => expected[start].Mau);
    }

    [SharedFact]
    public void Ecom_events_by_name_match()
    {
        var query = new ActivityQuery { Interval = Period.Quarter, ByName = true, Range = Range("2024-01-01", "2024-06-30") };
        foreach (var report in Answers("ecom", query))
            Assert.Equal(
                SharedData.Expected("ecom").GetProperty("by_name").EnumerateObject().ToDictionary(name => name.Name, name => name.Value.GetInt64()),
                report.Breakdowns.ToDictionary(breakdown => breakdown.Value[0], breakdown => breakdown.Total));
    }

    [SharedFact]
    public void Ecom_monthly_retention_matches() =>
        AssertRetention("ecom", Range("2024-01-01", "2024-06-30"), [.. SharedData.Expected("ecom").GetProperty("monthly_first_time_retention").EnumerateArray().Select(Numbers)]);

    [SharedFact]
    public void Cdnow_monthly_cohorts_match() =>
        AssertRetention("cdnow", Range("1997-01-01", "1998-06-30"), [.. SharedData.Expected("cdnow").GetProperty("monthly_cohorts").EnumerateArray().Select(row => Numbers(row.GetProperty("active")))]);

    [SharedFact]
    public void Ecom_monthly_lifecycle_matches()
    {
        var expected = SharedData.Expected("ecom").GetProperty("monthly_lifecycle");
        var query = new LifecycleQuery { Interval = Period.Month, Range = Range("2024-01-01", "2024-06-30") };
        var persons = SharedData.Read("ecom");
        var exploration = new LifecycleExploration(query, Calendar.Utc);
        foreach (var person in persons) exploration.Add(person);
        var cells = StoredRun.Fold(new ActivityFold(1, Calendar.Utc), ActivityFold.Tables, persons, i => i % 5 == 0);
        foreach (var report in new[] { exploration.Build(), LifecycleReport.Build(query, Calendar.Utc, cells, 1) })
        {
            Assert.Equal(Numbers(expected.GetProperty("new")), report.New);
            Assert.Equal(Numbers(expected.GetProperty("returning")), report.Returning);
            Assert.Equal(Numbers(expected.GetProperty("resurrecting")), report.Resurrecting);
            Assert.Equal(Numbers(expected.GetProperty("dormant")), report.Dormant);
        }
    }

    [SharedFact]
    public void Cdnow_daily_weekly_and_monthly_active_match()
    {
        var expected = SharedData.Expected("cdnow").GetProperty("activity_1997_03").EnumerateArray().ToDictionary(day => Day(day), day => day);
        foreach (var (measure, name) in new[] { (ActivityMeasure.Dau, "dau"), (ActivityMeasure.Wau, "wau"), (ActivityMeasure.Mau, "mau") })
            AssertActivity("cdnow", measure, Period.Day, Range("1997-03-01", "1997-03-31"), start => expected[start].GetProperty(name).GetInt64());
    }

    [SharedFact]
    public void Cdnow_repeat_days_match()
    {
        AssertRepeatDays("repeat_days_distribution", Range("1997-01-01", "1998-06-30"), isComplete: true);
        AssertRepeatDays("published_repeat_days_distribution_to_1997_12_31", Range("1997-01-01", "1997-12-31"), isComplete: false);
    }

    [SharedFact]
    public void Cdnow_repeat_orders_match()
    {
        var counts = SharedData.Read("cdnow").GroupBy(person => person.Events.Length - 1).ToDictionary(group => group.Key, group => (long)group.Count());
        Assert.Equal(Distribution("repeat_orders_distribution"), counts);
    }

    private static void AssertRepeatDays(string name, TimeRange range, bool isComplete)
    {
        var expected = Distribution(name);
        var exploration = new StickinessExploration(new StickinessQuery { Range = range }, Calendar.Utc);
        foreach (var person in SharedData.Read("cdnow")) exploration.Add(person);
        var counts = exploration.Build().Counts;
        var last = expected.Keys.Max();
        for (var repeats = 0; repeats < counts.Count; repeats++)
        {
            if (!isComplete && repeats > last) break;
            Assert.Equal(expected.GetValueOrDefault(repeats), counts[repeats]);
        }
    }

    private static void AssertActivity(string data, ActivityMeasure measure, Period interval, TimeRange range, Func<long, long> expected)
    {
        foreach (var report in Answers(data, new ActivityQuery { Measure = measure, Interval = interval, Range = range }))
            Assert.Equal(report.Periods.Select(expected), report.Values);
    }

    private static IEnumerable<ActivityReport> Answers(string data, ActivityQuery query)
    {
        var persons = SharedData.Read(data);
        var exploration = new ActivityExploration(query, Calendar.Utc);
        foreach (var person in persons) exploration.Add(person);
        yield return exploration.Build();
        Assert.True(StoredActivity.CanAnswer(query, Calendar.Utc));
        yield return ActivityReport.Build(query, Calendar.Utc, StoredRun.Fold(new ActivityFold(1, Calendar.Utc), ActivityFold.Tables, persons, i => i % 5 == 0), 1);
    }

    private static void AssertRetention(string data, TimeRange range, List<List<long>> expected)
    {
        var query = new RetentionQuery { Period = Period.Month, Mode = RetentionMode.FirstTime, Range = range };
        var persons = SharedData.Read(data);
        var exploration = new RetentionExploration(query, Calendar.Utc);
        foreach (var person in persons) exploration.Add(person);
        var fold = new RetentionFold(1, new RetentionDefinition("first", "First", query with { Range = null }), Calendar.Utc);
        var cells = StoredRun.Fold(fold, RetentionFold.Tables, persons, i => i % 5 == 0);
        foreach (var report in new[] { exploration.Build(), RetentionReport.Build(query, Calendar.Utc, cells, 1) })
        {
            var rows = report.Totals[0].Rows.Select(row => row.Cells.Select(cell => cell.Count).ToList()).ToList();
            for (var i = 0; i < rows.Count; i++) Assert.Equal(i < expected.Count ? expected[i] : Enumerable.Repeat(0L, rows.Count - i), rows[i]);
        }
    }

    private static Dictionary<int, long> Distribution(string name) =>
        SharedData.Expected("cdnow").GetProperty(name).EnumerateObject().ToDictionary(pair => int.Parse(pair.Name, CultureInfo.InvariantCulture), pair => pair.Value.GetInt64());

    private static List<long> Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt64())];

    private static long Day(JsonElement element) => Instant.Parse(element.GetProperty("day").GetString()!);

    private static TimeRange Range(string from, string to) => Calendar.Utc.Days(DateOnly.Parse(from, CultureInfo.InvariantCulture), DateOnly.Parse(to, CultureInfo.InvariantCulture));
}
