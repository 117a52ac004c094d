using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Lifecycle;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>What a lifecycle question is answered with.</summary>
/// <param name="Report">The numbers.</param>
/// <param name="Persons">The ids of those of a status in a period of the report.</param>
public sealed record LifecycleCaseAnswer(LifecycleReport Report, Func<long, LifecycleStatus, IEnumerable<string>> Persons);

/// <summary>Lifecycle answers from the folds: ad hoc, and the same from stored cells where those can answer.</summary>
public sealed class LifecycleFoldAnswers : ICaseAnswers<LifecycleCaseAnswer>
{
    /// <inheritdoc/>
    public string Path => "folds";

    /// <inheritdoc/>
    public Task<LifecycleCaseAnswer> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(check);
        var query = check.Query;
        var lifecycle = CaseData.Read<LifecycleQuery>(query);
        if (lifecycle.Validate() is { Count: > 0 } errors) throw new CaseUnsupportedException(string.Join(" ", errors));
        var calendar = data.CalendarFor(query);
        var persons = data.Persons();
        var exploration = new LifecycleExploration(lifecycle, calendar);
        foreach (var person in persons) exploration.Add(person);
        var report = exploration.Build();
        if (LifecycleReport.CanAnswer(lifecycle, calendar))
        {
            var cells = StoredCells.Of(new ActivityFold(StoredCells.Revision, calendar), ActivityFold.Tables, persons, LifecycleReport.Selections(lifecycle, calendar));
            CaseData.RequireSame(report, LifecycleReport.Build(lifecycle, calendar, cells, StoredCells.Revision));
        }
        return Task.FromResult(new LifecycleCaseAnswer(report, (period, status) =>
        {
            var index = report.Periods.ToList().IndexOf(period);
            return index < 0 ? [] : persons.Where(person => exploration.StatusOf(person)[index] == status).Select(person => person.Id);
        }));
    }
}

/// <summary>The suite <c>lifecycle</c>.</summary>
public sealed class LifecycleCaseSuite(params IReadOnlyList<ICaseAnswers<LifecycleCaseAnswer>> answers) : CaseSuite<LifecycleCaseAnswer>("lifecycle", answers)
{
    /// <inheritdoc/>
    protected override void Compare(LifecycleCaseAnswer answer, CaseCheck check, CaseDifferences differences)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(differences);
        var expect = check.Expect;
        if (expect.TryGetProperty("periods", out var periods)) differences.Texts("periods", periods, answer.Report.Periods.Select(Instant.ToText));
        if (expect.TryGetProperty("statuses", out var statuses))
            foreach (var wanted in statuses.EnumerateObject()) differences.Integers($"statuses.{wanted.Name}", wanted.Value, ValuesOf(answer.Report, wanted.Name));
        if (!expect.TryGetProperty("customers", out var customers)) return;
        foreach (var wanted in customers.EnumerateArray())
        {
            var (period, status) = (wanted.GetProperty("period").GetString()!, wanted.GetProperty("status").GetString()!);
            differences.Set($"customers[{period} {status}]", wanted.GetProperty("ids"), answer.Persons(Instant.Parse(period), StatusOf(status)));
        }
    }

    private static IReadOnlyList<long> ValuesOf(LifecycleReport report, string status) => StatusOf(status) switch
    {
        LifecycleStatus.New => report.New,
        LifecycleStatus.Returning => report.Returning,
        LifecycleStatus.Resurrecting => report.Resurrecting,
        _ => report.Dormant,
    };

    private static LifecycleStatus StatusOf(string text) =>
        Enum.TryParse<LifecycleStatus>(text, ignoreCase: true, out var status) ? status : throw new CaseUnsupportedException($"lifecycle status '{text}'");
}
