using System.Text.Json;
using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>Activity answers from the folds: ad hoc, and the same from stored cells where those can answer.</summary>
public sealed class ActiveFoldAnswers : ICaseAnswers<ActivityReport>
{
    /// <inheritdoc/>
    public string Path => "folds";

    /// <inheritdoc/>
    public Task<ActivityReport> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(check);
        var query = check.Query;
        var activity = CaseData.Read<ActivityQuery>(query);
        if (activity.Validate() is { Count: > 0 } errors) throw new CaseUnsupportedException(string.Join(" ", errors));
        var calendar = data.CalendarFor(query);
        var persons = data.Persons();
        var exploration = new ActivityExploration(activity, calendar);
        foreach (var person in persons) exploration.Add(person);
        var report = exploration.Build();
        if (StoredActivity.CanAnswer(activity, calendar))
        {
            var cells = StoredCells.Of(new ActivityFold(StoredCells.Revision, calendar), ActivityFold.Tables, persons, StoredActivity.Selections(activity, calendar));
            CaseData.RequireSame(report, ActivityReport.Build(activity, calendar, cells, StoredCells.Revision));
        }
        return Task.FromResult(report);
    }
}

/// <summary>The suite <c>active</c>.</summary>
public sealed class ActiveCaseSuite(params IReadOnlyList<ICaseAnswers<ActivityReport>> answers) : CaseSuite<ActivityReport>("active", answers)
{
    /// <inheritdoc/>
    protected override void Compare(ActivityReport answer, CaseCheck check, CaseDifferences differences)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(differences);
        var expect = check.Expect;
        if (expect.TryGetProperty("periods", out var periods)) differences.Texts("periods", periods, answer.Periods.Select(Instant.ToText));
        if (expect.TryGetProperty("values", out var values)) differences.Integers("values", values, answer.Values);
        if (expect.TryGetProperty("total", out var total)) differences.Integer("total", total, answer.Total);
        if (expect.TryGetProperty("breakdowns", out var breakdowns)) CompareBreakdowns(expect, breakdowns, answer, differences);
    }

    private static void CompareBreakdowns(JsonElement expect, JsonElement expected, ActivityReport answer, CaseDifferences differences)
    {
        var left = answer.Breakdowns.ToList();
        foreach (var wanted in expected.EnumerateArray())
        {
            List<string> value = [.. wanted.GetProperty("value").EnumerateArray().Select(text => text.GetString()!)];
            var place = $"breakdowns[{string.Join(",", value)}]";
            var row = left.Find(row => row.Value.SequenceEqual(value)) ?? new ActivityBreakdown(value, new long[answer.Periods.Count], 0);
            left.Remove(row);
            if (wanted.TryGetProperty("values", out var values)) differences.Integers($"{place}.values", values, row.Values);
            if (wanted.TryGetProperty("total", out var total)) differences.Integer($"{place}.total", total, row.Total);
        }
        if (expect.TryGetProperty("allBreakdowns", out var all) && all.GetBoolean())
            foreach (var row in left) differences.Add("breakdowns", "no further value", string.Join(",", row.Value));
    }
}
