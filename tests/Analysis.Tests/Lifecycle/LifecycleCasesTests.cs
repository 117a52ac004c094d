using System.Text.Json;
using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Lifecycle;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Lifecycle;

public sealed class LifecycleCasesTests
{
    [SharedFact]
    public void Every_shared_case_is_answered_ad_hoc_and_from_stored_cells_where_they_can()
    {
        int checks = 0, stored = 0;
        foreach (var testCase in CaseFile.Read("lifecycle"))
        {
            foreach (var check in testCase.Checks)
            {
                var query = check.Read<LifecycleQuery>();
                Assert.Empty(query.Validate());
                var exploration = new LifecycleExploration(query, testCase.Calendar);
                foreach (var person in testCase.Persons) exploration.Add(person);
                AssertReport(check.Expect, exploration.Build(), exploration, testCase.Persons);
                checks++;
                var calendar = testCase.Calendar.WithWeekStart(query.WeekStart);
                if (!LifecycleReport.CanAnswer(query, calendar)) continue;
                var cells = StoredRun.Fold(new ActivityFold(3, calendar), ActivityFold.Tables, testCase.Persons);
                var selected = StoredRun.Select(cells, ActivityFold.Tables, LifecycleReport.Selections(query, calendar));
                AssertReport(check.Expect, LifecycleReport.Build(query, calendar, selected, 3), exploration, testCase.Persons);
                stored++;
            }
        }
        Assert.True(checks > 20 && stored > 12, $"{checks} checks, {stored} from cells.");
    }

    private static void AssertReport(JsonElement expect, LifecycleReport report, LifecycleExploration exploration, IReadOnlyList<PersonHistory> persons)
    {
        foreach (var part in expect.EnumerateObject())
        {
            switch (part.Name)
            {
                case "statuses":
                    foreach (var status in part.Value.EnumerateObject())
                        Assert.Equal(status.Value.EnumerateArray().Select(count => count.GetInt64()), Of(report, status.Name));
                    break;
                case "periods": Assert.Equal(part.Value.EnumerateArray().Select(period => Instant.Parse(period.GetString()!)), report.Periods); break;
                case "customers":
                    foreach (var expected in part.Value.EnumerateArray())
                    {
                        var index = report.Periods.ToList().IndexOf(Instant.Parse(expected.GetProperty("period").GetString()!));
                        var status = Enum.Parse<LifecycleStatus>(expected.GetProperty("status").GetString()!, ignoreCase: true);
                        Assert.Equal(
                            expected.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!).Order(),
                            persons.Where(person => exploration.StatusOf(person)[index] == status).Select(person => person.Id).Order());
                    }
                    break;
                default: Assert.Fail($"Unknown expectation {part.Name}"); break;
            }
        }
    }

    private static IReadOnlyList<long> Of(LifecycleReport report, string status) => status switch
    {
        "new" => report.New,
        "returning" => report.Returning,
        "resurrecting" => report.Resurrecting,
        "dormant" => report.Dormant,
        _ => throw new ArgumentException(status),
    };
}
