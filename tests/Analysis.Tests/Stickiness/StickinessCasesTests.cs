using System.Globalization;
using EventSourcedAnalytics.Analysis.Stickiness;
using EventSourcedAnalytics.Analysis.Tests.Shared;

namespace EventSourcedAnalytics.Analysis.Tests.Stickiness;

public sealed class StickinessCasesTests
{
    [SharedFact]
    public void Every_shared_case_is_answered_ad_hoc()
    {
        var checks = 0;
        foreach (var testCase in CaseFile.Read("stickiness"))
        {
            foreach (var check in testCase.Checks)
            {
                var query = check.Read<StickinessQuery>();
                Assert.Empty(query.Validate());
                var exploration = new StickinessExploration(query, testCase.Calendar);
                foreach (var person in testCase.Persons) exploration.Add(person);
                var report = exploration.Build();
                checks++;
                if (check.Expect.TryGetProperty("total", out var total)) Assert.Equal(total.GetInt64(), report.Total);
                if (check.Expect.TryGetProperty("counts", out var counts))
                    foreach (var count in counts.EnumerateObject()) Assert.Equal(count.Value.GetInt64(), CountOf(report, count.Name));
                if (check.Expect.TryGetProperty("complete", out var complete) && complete.GetBoolean())
                    Assert.Equal(report.Total, counts.EnumerateObject().Sum(count => count.Value.GetInt64()));
                if (!check.Expect.TryGetProperty("customers", out var customers)) continue;
                foreach (var expected in customers.EnumerateObject())
                    Assert.Equal(
                        expected.Value.EnumerateArray().Select(id => id.GetString()!).Order(),
                        testCase.Persons.Where(person => exploration.CountOf(person) == Number(expected.Name)).Select(person => person.Id).Order());
            }
        }
        Assert.True(checks > 25, $"Only {checks} checks were found.");
    }

    private static long CountOf(StickinessReport report, string key) => Number(key) <= report.Counts.Count ? report.Counts[Number(key) - 1] : 0;

    private static int Number(string key) => int.Parse(key, CultureInfo.InvariantCulture);
}
