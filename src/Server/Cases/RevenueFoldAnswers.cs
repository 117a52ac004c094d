using System.Text.Json;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>What a question about money is answered with: one of the four, as its kind says.</summary>
/// <param name="Orders">ORDERS.</param>
/// <param name="Cohorts">COHORT.</param>
/// <param name="Mrr">MRR.</param>
/// <param name="Rates">FORMULA.</param>
public sealed record RevenueCaseAnswer(RevenueReport? Orders = null, CohortRevenueReport? Cohorts = null, MrrReport? Mrr = null, MrrRates? Rates = null);

/// <summary>Answers about money from the folds: ad hoc, and from cells where these can answer; the two must be the same.</summary>
public sealed class RevenueFoldAnswers : ICaseAnswers<RevenueCaseAnswer>
{
    private const long Revision = 1;
    private static readonly RevenueSettings Settings = RevenueSettings.Default;

    /// <inheritdoc/>
    public string Path => "folds";

    /// <inheritdoc/>
    public Task<RevenueCaseAnswer> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(check);
        var query = check.Query;
        var question = CaseData.Read<RevenueQuestion>(KindFirst(query));
        if (question.Validate() is { Count: > 0 } errors) throw new CaseUnsupportedException(string.Join(" ", errors));
        var claims = new OrderClaims(new OrderEvents(Settings), data.Activity().Select(one => one.Event));
        var (persons, calendar) = (data.Persons(claims.IsRepeated), data.CalendarFor(query));
        return Task.FromResult(question switch
        {
            OrdersQuery orders => new RevenueCaseAnswer(Orders: Answer(persons, calendar, orders)),
            CohortRevenueQuery cohorts => new RevenueCaseAnswer(Cohorts: Answer(persons, calendar, cohorts)),
            MrrQuery mrr => new RevenueCaseAnswer(Mrr: Answer(persons, calendar, mrr)),
            _ => new RevenueCaseAnswer(Rates: ((MrrFormulaQuery)question).Rates()),
        });
    }

    private static RevenueReport Answer(IReadOnlyList<PersonHistory> persons, Calendar calendar, OrdersQuery query)
    {
        var exploration = new RevenueExploration(Settings, calendar, query);
        foreach (var person in persons) exploration.Add(person);
        var adHoc = exploration.Build();
        if (RevenueFold.WhyNotStored(calendar, query) is not null) return adHoc;
        return Same(adHoc, RevenueFold.Build(calendar, query, Cells(new RevenueFold(Revision, Settings, calendar), persons).Rows));
    }

    private static CohortRevenueReport Answer(IReadOnlyList<PersonHistory> persons, Calendar calendar, CohortRevenueQuery query)
    {
        var exploration = new CohortRevenueExploration(Settings, calendar, query);
        foreach (var person in persons) exploration.Add(person);
        var adHoc = exploration.Build();
        if (CohortRevenueFold.WhyNotStored(calendar, query) is not null) return adHoc;
        return Same(adHoc, CohortRevenueFold.Build(calendar, query, Cells(new CohortRevenueFold(Revision, Settings, calendar), persons).Rows));
    }

    private static MrrReport Answer(IReadOnlyList<PersonHistory> persons, Calendar calendar, MrrQuery query)
    {
        var exploration = new MrrExploration(Settings, calendar, query);
        foreach (var person in persons) exploration.Add(person);
        var adHoc = exploration.Build();
        if (MrrFold.WhyNotStored(calendar, query) is not null) return adHoc;
        return Same(adHoc, MrrFold.Build(calendar, query, Cells(new MrrFold(Revision, Settings, calendar), persons).Rows));
    }

    private static CellSet Cells(IFold fold, IReadOnlyList<PersonHistory> persons)
    {
        var cells = new CellSet(RevenueTables.All);
        foreach (var person in persons) fold.Apply(fold.NewState(), person.Events, cells);
        return cells;
    }

    private static TReport Same<TReport>(TReport adHoc, TReport stored) =>
        JsonSerializer.Serialize(adHoc) == JsonSerializer.Serialize(stored) ? adHoc : throw new InvalidOperationException("The stored cells answer otherwise than the ad-hoc exploration.");

    // The kind decides which record is read, so it must come before the rest.
    private static JsonElement KindFirst(JsonElement query) =>
        JsonSerializer.SerializeToElement(query.EnumerateObject().OrderBy(property => property.Name != "kind").ToDictionary(property => property.Name, property => property.Value));
}
