using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Stickiness;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>What a stickiness question is answered with.</summary>
/// <param name="Report">The numbers.</param>
/// <param name="Persons">The ids of those active in so many periods.</param>
public sealed record StickinessCaseAnswer(StickinessReport Report, Func<int, IEnumerable<string>> Persons);

/// <summary>Stickiness answers from the folds: ad hoc, and the same from stored cells where those can answer.</summary>
public sealed class StickinessFoldAnswers : ICaseAnswers<StickinessCaseAnswer>
{
    /// <inheritdoc/>
    public string Path => "folds";

    /// <inheritdoc/>
    public Task<StickinessCaseAnswer> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(check);
        var query = check.Query;
        var stickiness = CaseData.Read<StickinessQuery>(query);
        if (stickiness.Validate() is { Count: > 0 } errors) throw new CaseUnsupportedException(string.Join(" ", errors));
        var calendar = data.CalendarFor(query);
        var persons = data.Persons();
        var exploration = new StickinessExploration(stickiness, calendar);
        foreach (var person in persons) exploration.Add(person);
        var report = exploration.Build();
        if (StickinessReport.CanAnswer(stickiness, calendar))
        {
            var cells = StoredCells.Of(new ActivityFold(StoredCells.Revision, calendar), ActivityFold.Tables, persons, StickinessReport.Selections(stickiness, calendar));
            CaseData.RequireSame(report, StickinessReport.Build(stickiness, calendar, cells, StoredCells.Revision));
        }
        return Task.FromResult(new StickinessCaseAnswer(report, count => persons.Where(person => exploration.CountOf(person) == count).Select(person => person.Id)));
    }
}

/// <summary>The suite <c>stickiness</c>.</summary>
public sealed class StickinessCaseSuite(params IReadOnlyList<ICaseAnswers<StickinessCaseAnswer>> answers) : CaseSuite<StickinessCaseAnswer>("stickiness", answers)
{
    /// <inheritdoc/>
    protected override void Compare(StickinessCaseAnswer answer, CaseCheck check, CaseDifferences differences)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(differences);
        var expect = check.Expect;
        if (expect.TryGetProperty("total", out var total)) differences.Integer("total", total, answer.Report.Total);
        if (expect.TryGetProperty("counts", out var counts)) CompareCounts(expect, counts, answer.Report, differences);
        if (!expect.TryGetProperty("customers", out var customers)) return;
        foreach (var wanted in customers.EnumerateObject()) differences.Set($"customers.{wanted.Name}", wanted.Value, answer.Persons(Number(wanted.Name)));
    }

    private static void CompareCounts(JsonElement expect, JsonElement counts, StickinessReport report, CaseDifferences differences)
    {
        var listed = new HashSet<int>();
        foreach (var wanted in counts.EnumerateObject())
        {
            listed.Add(Number(wanted.Name));
            differences.Integer($"counts.{wanted.Name}", wanted.Value, report.Counts.ElementAtOrDefault(Number(wanted.Name) - 1));
        }
        if (!expect.TryGetProperty("complete", out var complete) || !complete.GetBoolean()) return;
        for (var i = 0; i < report.Counts.Count; i++)
            if (report.Counts[i] != 0 && !listed.Contains(i + 1)) differences.Add($"counts.{i + 1}", "nobody", report.Counts[i]);
    }

    private static int Number(string name) => int.Parse(name, CultureInfo.InvariantCulture);
}
