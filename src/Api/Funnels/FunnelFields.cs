using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Customers;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.Api.Provenance;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Funnels;

/// <summary>A project's funnels.</summary>
[ObjectType<ProjectNode>]
public static class ProjectFunnelFields
{
    // What a report says of the times between steps.
    private static readonly string[] Times = ["averageSeconds", "medianSeconds", "p90Seconds", "histogram"];

    /// <summary>The funnels that are kept up to date.</summary>
    public static IReadOnlyList<FunnelDefinitionNode> GetFunnels([Parent] ProjectNode project) =>
        [.. DefinitionIds.OfKind(project.Project, DefinitionKind.Funnel).Select(definition => new FunnelDefinitionNode(project.Project, definition))];

    /// <summary>
    /// The numbers of a defined funnel; null if there is none of this key. All of time and its named ranges come from the read model; any other range, and an older
    /// revision, from the events, by the same fold.
    /// </summary>
    public static async Task<FunnelReport?> GetFunnelAsync(
        [Parent] ProjectNode project, string key, RangeInput range, BreakdownInput? breakdown, Interval? trend, AsOfInput? asOf, string? revision,
        IResolverContext context, [Service] FunnelAnswers answers, [Service] DefinitionHistory history, CancellationToken cancellationToken) =>
        await answers.OfDefinitionAsync(
            await history.AtRevisionAsync(project.Project, DefinitionKind.Funnel, key, revision, cancellationToken), key, range, breakdown, trend, asOf, cancellationToken, isKept: revision is null,
            withTimes: context.IsSelectedBelow(Times));

    /// <summary>The numbers of any funnel, asked ad hoc.</summary>
    public static Task<FunnelReport> ExploreFunnelAsync(
        [Parent] ProjectNode project, FunnelQueryInput query, RangeInput range, AsOfInput? asOf, [Service] FunnelAnswers answers, CancellationToken cancellationToken) =>
        answers.OfQueryAsync(project.Project, query.ToQuery(), range, asOf, cancellationToken);
}

/// <summary>What can be asked further of a funnel's report.</summary>
[ObjectType<FunnelReport>]
public static class FunnelReportFields
{
    /// <summary>How the times between two steps are distributed; steps are 1-based, by default the first and the last. Null for a funnel of one step.</summary>
    public static async Task<Histogram?> GetHistogramAsync([Parent] FunnelReport report, int? from, int? to, int? bins, [Service] FunnelFurther further, CancellationToken cancellationToken)
    {
        if (bins is < 1 or > FunnelLimits.MaxHistogramBins) throw ApiError.Invalid($"A histogram has 1 to {FunnelLimits.MaxHistogramBins} bins.");
        return await further.HistogramAsync(report, from, to, bins, cancellationToken) is { } found
            ? new Histogram([.. found.Edges.Select(edge => (double)edge)], found.Counts, found.AverageSeconds)
            : null;
    }

    /// <summary>Entries and completions of the last minute, five minutes and hour, by the time of each step's own event; across all of time, whatever the report's range.</summary>
    public static Task<IReadOnlyList<SlidingConversion>> GetSlidingAsync([Parent] FunnelReport report, [Service] FunnelFurther further, CancellationToken cancellationToken) =>
        further.SlidingAsync(report, cancellationToken);

    /// <summary>What goes with converting, the strongest first, so many each way: as the funnel's query asks, else events; or as asked here.</summary>
    public static async Task<IReadOnlyList<Correlation>> GetCorrelationAsync(
        [Parent] FunnelReport report, [Service] FunnelFurther further, CancellationToken cancellationToken, int limit = 10, FunnelCorrelationInput? query = null)
    {
        if (limit < 0) throw ApiError.Invalid("'limit' is 0 or more.");
        var rows = await further.CorrelationAsync(report, query?.ToCorrelation(), cancellationToken);
        return [.. rows.Where(row => row.OddsRatio > 1).Take(limit).Concat(rows.Where(row => row.OddsRatio <= 1).Take(limit))
            .Select(row => new Correlation(row.Name, row.Success, row.Failure, row.OddsRatio))];
    }

    /// <summary>The persons behind a number: who reached a step, or (dropped) who reached the step before and not this one. Their evidence is the events that filled the steps.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static async Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] FunnelReport report, int step, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken,
        bool dropped = false, IReadOnlyList<string>? value = null, DateTimeOffset? period = null)
    {
        if (step < 1 || step > report.Steps.Count) throw ApiError.Invalid($"This funnel has steps 1 to {report.Steps.Count}.");
        var source = new ReportSource(report.Project, report.Position);
        var snapshot = await Persons.OpenAsync(source, context, answering, cancellationToken);
        var persons = FunnelAnswers.Explore(report.Project, report.Query, report.Range, snapshot, keepPersons: true, cancellationToken)
            .Persons(value, period?.ToUnixTimeMilliseconds())
            .Where(person => dropped ? person.DroppedBefore(step) : person.Reached(step))
            .OrderBy(person => person.Id, StringComparer.Ordinal).ToList();
        var wanted = persons.Select(person => person.Id).ToHashSet(StringComparer.Ordinal);
        var histories = snapshot.Persons.Where(person => wanted.Contains(person.Id)).ToLookup(person => person.Id, StringComparer.Ordinal);
        return [.. persons.Select(person => new CustomerNode(source.Project, person.Id, source.Position, EvidenceOf(person, histories[person.Id])))];
    }

    // A user id and an anonymous id of the same text are two persons with one name.
    private static IReadOnlyList<Evidence> EvidenceOf(FunnelPerson person, IEnumerable<PersonHistory> histories)
    {
        var events = histories.SelectMany(history => history.Events).Where(e => person.Path.Any(touch => touch.Position == e.Event.Position)).ToDictionary(e => e.Event.Position, e => e.Event);
        return [.. person.Path.Select((touch, i) => new Evidence(EvidenceRole.Step, events[touch.Position], person.Steps[i]))];
    }
}
