using System.Text.Json;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Retention;

public sealed class RetentionCasesTests
{
    [SharedFact]
    public void Every_shared_case_is_answered_ad_hoc() => RunAll((persons, query, calendar) =>
    {
        var exploration = new RetentionExploration(query, calendar);
        foreach (var person in persons) exploration.Add(person);
        return exploration.Build();
    });

    [SharedFact]
    public void Every_shared_case_is_answered_from_stored_cells() => RunAll((persons, query, calendar) =>
    {
        var definition = new RetentionDefinition("key", "name", query with { Range = null });
        Assert.Empty(definition.Validate());
        Assert.True(RetentionFold.CanAnswer(definition, calendar, query.Range!.Value, query.Intervals));
        var cells = StoredRun.Fold(new RetentionFold(7, definition, calendar), RetentionFold.Tables, persons);
        return RetentionReport.Build(query, calendar, StoredRun.Select(cells, RetentionFold.Tables, RetentionFold.Selections(query, calendar)), 7);
    });

    private static void RunAll(Func<IReadOnlyList<PersonHistory>, RetentionQuery, Calendar, RetentionReport> answer)
    {
        var checks = 0;
        foreach (var testCase in CaseFile.Read("retention"))
        {
            foreach (var check in testCase.Checks)
            {
                var query = check.Read<RetentionQuery>();
                Assert.Empty(query.Validate());
                AssertReport(testCase.Id, check.Expect, answer(testCase.Persons, query, testCase.Calendar));
                checks++;
            }
        }
        Assert.True(checks > 30, $"Only {checks} checks were found.");
    }

    private static void AssertReport(string id, JsonElement expect, RetentionReport report)
    {
        foreach (var part in expect.EnumerateObject())
        {
            switch (part.Name)
            {
                case "matrix": AssertMatrix(id, part.Value, Assert.Single(report.Totals)); break;
                case "dates": Assert.Equal(part.Value.EnumerateArray().Select(date => Instant.Parse(date.GetString()!)), report.Cohorts); break;
                case "mean": AssertMean(id, part.Value, report.Totals[0]); break;
                case "breakdowns":
                    foreach (var breakdown in part.Value.EnumerateArray())
                    {
                        var value = breakdown.GetProperty("value").EnumerateArray().Select(label => label.GetString()!).ToList();
                        AssertMatrix(id, breakdown.GetProperty("matrix"), Assert.Single(report.Breakdowns, matrix => matrix.Value.SequenceEqual(value)));
                    }
                    break;
                default: Assert.Fail($"{id}: unknown expectation {part.Name}"); break;
            }
        }
    }

    private static void AssertMatrix(string id, JsonElement expected, RetentionMatrix matrix)
    {
        Assert.Equal(expected.GetArrayLength(), matrix.Rows.Count);
        foreach (var (row, i) in expected.EnumerateArray().Select((row, i) => (row, i)))
        {
            if (row.ValueKind == JsonValueKind.Null) continue;
            Assert.Equal(row.GetArrayLength(), matrix.Rows[i].Cells.Count);
            foreach (var (cell, k) in row.EnumerateArray().Select((cell, k) => (cell, k)))
                if (cell.ValueKind != JsonValueKind.Null)
                    Assert.True(cell.GetInt64() == matrix.Rows[i].Cells[k].Amount, $"{id} row {i} interval {k}: expected {cell}, got {matrix.Rows[i].Cells[k].Amount}");
        }
    }

    private static void AssertMean(string id, JsonElement expected, RetentionMatrix matrix)
    {
        Assert.Equal(expected.GetArrayLength(), matrix.Mean.Count);
        foreach (var (mean, k) in expected.EnumerateArray().Select((mean, k) => (mean, k)))
        {
            if (mean.ValueKind == JsonValueKind.Null) Assert.Null(matrix.Mean[k]);
            else Assert.True(Math.Abs(mean.GetDouble() - matrix.Mean[k]!.Value) < 1e-6, $"{id} mean {k}: expected {mean}, got {matrix.Mean[k]}");
        }
    }
}
