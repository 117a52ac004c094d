using System.Text.Json;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Funnels;

/// <summary>The funnels of a shop with 600 users, against independently computed numbers.</summary>
public sealed class EcomFunnelTests
{
    [SharedFact]
    public void All_funnels_of_the_shop_come_out_ad_hoc_and_stored()
    {
        var persons = SharedData.Read("ecom");
        var funnels = SharedData.Expected("ecom").GetProperty("funnels").EnumerateArray().ToList();
        Assert.Equal(8, funnels.Count);
        foreach (var funnel in funnels)
        {
            var query = funnel.GetProperty("query").Deserialize<FunnelQuery>(AnalysisJson.Options)!;
            var exploration = new FunnelExploration(query, Calendar.Utc, query.Range!.Value);
            foreach (var person in persons) exploration.Add(person);
            var report = exploration.Build();
            AssertReport(funnel.GetProperty("expect"), report);
            if (!query.CanBeStored(out _)) continue;
            var named = new FunnelNamedRange("half year", Instant.ToText(query.Range.Value.From), Instant.ToText(query.Range.Value.To));
            var definition = new FunnelDefinition { Key = "k", Name = "n", Query = query with { Range = null }, NamedRanges = [named] };
            var cells = StoredRun.Fold(new FunnelFold(3, definition, Calendar.Utc), FunnelCells.Tables, persons, i => i % 7 == 0);
            var stored = Assert.IsType<StoredFunnelAnswer.Answered>(StoredFunnel.Build(definition, Calendar.Utc, new StoredFunnelQuestion("half year"), cells.Rows));
            Assert.Equal(JsonSerializer.Serialize(report), JsonSerializer.Serialize(stored.Report));
        }
    }

    private static void AssertReport(JsonElement expect, FunnelReport report)
    {
        if (expect.TryGetProperty("steps", out var steps)) AssertSteps(steps, report.Steps);
        if (!expect.TryGetProperty("breakdowns", out var breakdowns)) return;
        Assert.Equal(breakdowns.GetArrayLength(), report.Breakdowns.Count);
        foreach (var wanted in breakdowns.EnumerateArray())
        {
            var value = wanted.GetProperty("value").EnumerateArray().Select(text => text.GetString());
            AssertSteps(wanted.GetProperty("steps"), report.Breakdowns.Single(row => row.Value.SequenceEqual(value)).Steps);
        }
    }

    private static void AssertSteps(JsonElement expected, IReadOnlyList<FunnelReportStep> steps)
    {
        Assert.Equal(expected.GetArrayLength(), steps.Count);
        foreach (var wanted in expected.EnumerateArray())
        {
            var step = steps[wanted.GetProperty("step").GetInt32() - 1];
            Assert.Equal(wanted.GetProperty("count").GetInt64(), step.Count);
            AssertNumber(wanted, "averageSeconds", step.AverageSeconds);
            AssertNumber(wanted, "medianSeconds", step.MedianSeconds);
            AssertNumber(wanted, "conversionFromStart", step.ConversionFromStart);
            AssertNumber(wanted, "conversionFromPrevious", step.ConversionFromPrevious);
            AssertNumber(wanted, "dropOff", step.DropOff);
        }
    }

    private static void AssertNumber(JsonElement wanted, string name, double? actual)
    {
        if (wanted.TryGetProperty(name, out var number)) Assert.Equal(number.GetDouble(), actual!.Value, 3);
    }
}
