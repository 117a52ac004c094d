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
    /// <summary>The funnels that are kept up to date.</summary>
    public static IReadOnlyList<DefinitionInfo> GetFunnels([Parent] ProjectNode project) => DefinitionInfo.OfKind(project.Project, DefinitionKind.Funnel);

    /// <summary>The numbers of a defined funnel. All of time and its named ranges come from the read model; any other range from the events, by the same fold.</summary>
    public static Task<FunnelReport?> GetFunnelAsync(
        [Parent] ProjectNode project, string key, RangeInput range, BreakdownInput? breakdown, Interval? trend, AsOfInput? asOf,
        [Service] FunnelAnswers answers, CancellationToken cancellationToken) =>
        answers.OfDefinitionAsync(project.Project, key, range, breakdown, trend, asOf, cancellationToken);

    /// <summary>The numbers of any funnel, asked ad hoc.</summary>
    public static Task<FunnelReport> ExploreFunnelAsync(
        [Parent] ProjectNode project, FunnelQueryInput query, RangeInput range, AsOfInput? asOf, [Service] FunnelAnswers answers, CancellationToken cancellationToken) =>
        answers.OfQueryAsync(project.Project, query.ToQuery(), range, asOf, cancellationToken);
}

/// <summary>What can be asked further of a funnel's report.</summary>
[ObjectType<FunnelReport>]
public static class FunnelReportFields
{
    /// <summary>How the times between two steps are distributed; steps are 1-based, by default the first and the last.</summary>
    public static Histogram? GetHistogram([Parent] FunnelReport report, int? from, int? to, int? bins)
    {
        if (bins is < 1 or > 90) throw ApiError.Invalid("A histogram has 1 to 90 bins.");
        var asked = from is null && to is null && bins is null && report.Report.Histogram is { } own ? own : report.Report.HistogramOf(from, to, bins);
        return asked is null ? null : new Histogram([.. asked.Edges.Select(edge => (double)edge)], asked.Counts, asked.AverageSeconds);
    }

    /// <summary>What goes with converting: the answer to the query's correlation, the strongest each way first.</summary>
    public static IReadOnlyList<Correlation> GetCorrelation([Parent] FunnelReport report, int limit = 10) =>
        [.. report.Report.Correlation.Where(row => row.OddsRatio > 1).Take(limit).Concat(report.Report.Correlation.Where(row => row.OddsRatio <= 1).Take(limit))
            .Select(row => new Correlation(row.Name, row.Success, row.Failure, row.OddsRatio))];

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
        var histories = snapshot.Persons.Where(person => wanted.Contains(person.Id)).ToDictionary(person => person.Id, StringComparer.Ordinal);
        return [.. persons.Select(person => new CustomerNode(source.Project, person.Id, source.Position, EvidenceOf(person, histories[person.Id])))];
    }

    private static IReadOnlyList<Evidence> EvidenceOf(FunnelPerson person, PersonHistory history) =>
        [.. person.Path.Select((touch, i) => new Evidence(EvidenceRole.Step, Array.Find(history.Events, e => e.Event.Position == touch.Position).Event, person.Steps[i]))];
}
