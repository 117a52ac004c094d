using System.Text.Json;
using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Activity;

public sealed class ActivityCasesTests
{
    [SharedFact]
    public void Every_shared_case_is_answered_ad_hoc_and_from_stored_cells_where_they_can()
    {
        int checks = 0, stored = 0;
        foreach (var testCase in CaseFile.Read("active"))
        {
            foreach (var check in testCase.Checks)
            {
                var query = check.Read<ActivityQuery>();
                Assert.Empty(query.Validate());
                var exploration = new ActivityExploration(query, testCase.Calendar);
                foreach (var person in testCase.Persons) exploration.Add(person);
                AssertReport(testCase.Id, check.Expect, exploration.Build());
                checks++;
                var calendar = testCase.Calendar.WithWeekStart(query.WeekStart);
                if (!StoredActivity.CanAnswer(query, calendar)) continue;
                var cells = StoredRun.Fold(new ActivityFold(3, calendar), ActivityFold.Tables, testCase.Persons);
                var selected = StoredRun.Select(cells, ActivityFold.Tables, StoredActivity.Selections(query, calendar));
                AssertReport(testCase.Id, check.Expect, ActivityReport.Build(query, calendar, selected, 3));
                stored++;
            }
        }
        Assert.True(checks > 35 && stored > 25, $"{checks} checks, {stored} from cells.");
    }

    private static void AssertReport(string id, JsonElement expect, ActivityReport report)
    {
        foreach (var part in expect.EnumerateObject())
        {
            switch (part.Name)
            {
                case "values": AssertValues(id, part.Value, report.Values); break;
                case "periods": Assert.Equal(part.Value.EnumerateArray().Select(period => Instant.Parse(period.GetString()!)), report.Periods); break;
                case "total": Assert.Equal(part.Value.GetInt64(), report.Total); break;
                case "allBreakdowns": Assert.Equal(expect.GetProperty("breakdowns").GetArrayLength(), report.Breakdowns.Count); break;
                case "breakdowns":
                    foreach (var expected in part.Value.EnumerateArray())
                    {
                        var value = expected.GetProperty("value").EnumerateArray().Select(label => label.GetString()!).ToList();
                        var breakdown = Assert.Single(report.Breakdowns, candidate => candidate.Value.SequenceEqual(value));
                        if (expected.TryGetProperty("values", out var values)) AssertValues(id, values, breakdown.Values);
                        if (expected.TryGetProperty("total", out var total)) Assert.Equal(total.GetInt64(), breakdown.Total);
                    }
                    break;
                default: Assert.Fail($"{id}: unknown expectation {part.Name}"); break;
            }
        }
    }

    private static void AssertValues(string id, JsonElement expected, IReadOnlyList<long> values)
    {
        Assert.True(expected.GetArrayLength() == values.Count, $"{id}: {values.Count} values instead of {expected.GetArrayLength()}");
        foreach (var (value, i) in expected.EnumerateArray().Select((value, i) => (value, i)))
            if (value.ValueKind != JsonValueKind.Null) Assert.True(value.GetInt64() == values[i], $"{id} period {i}: expected {value}, got {values[i]}");
    }
}
