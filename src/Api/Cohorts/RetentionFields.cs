using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Customers;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.Api.Provenance;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projections;
using EventSourcedAnalytics.Projections.Cohorts;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Cohorts;

/// <summary>A project's cohorts.</summary>
[ObjectType<ProjectNode>]
public static class ProjectCohortFields
{
    /// <summary>The retention definitions that are kept up to date.</summary>
    public static IReadOnlyList<CohortDefinitionNode> GetCohorts([Parent] ProjectNode project) =>
        [.. DefinitionIds.OfKind(project.Project, DefinitionKind.Retention).Select(definition => new CohortDefinitionNode(project.Project, definition))];

    /// <summary>
    /// The numbers of a defined retention; null if there is none of this key. Whole periods come from the read model; a range that cuts a period, and an older revision,
    /// from the events.
    /// </summary>
    public static async Task<RetentionReport?> GetRetentionAsync(
        [Parent] ProjectNode project, string key, RangeInput range, AsOfInput? asOf, string? revision, [Service] RetentionAnswers answers, [Service] DefinitionHistory history,
        CancellationToken cancellationToken) =>
        await answers.OfDefinitionAsync(
            await history.AtRevisionAsync(project.Project, DefinitionKind.Retention, key, revision, cancellationToken), key, range, asOf, cancellationToken, isKept: revision is null);

    /// <summary>The numbers of any retention, asked ad hoc.</summary>
    public static Task<RetentionReport> ExploreRetentionAsync(
        [Parent] ProjectNode project, RetentionQueryInput query, RangeInput range, AsOfInput? asOf, [Service] RetentionAnswers answers, CancellationToken cancellationToken) =>
        answers.OfQueryAsync(project.Project, query.ToQuery(), range, asOf, cancellationToken);
}

/// <summary>What can be asked further of a retention report.</summary>
[ObjectType<RetentionReport>]
public static class RetentionReportFields
{
    /// <summary>The persons behind a cell: who of the cohort came back in the interval. Their evidence is the start event and the return events of the interval.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] RetentionReport report, DateTimeOffset cohort, int interval, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken,
        IReadOnlyList<string>? value = null)
    {
        if (interval < 0 || interval >= Analysis.Limits.MaxRetentionIntervals) throw ApiError.Invalid($"A retention has the intervals 0 to {Analysis.Limits.MaxRetentionIntervals - 1}.");
        var search = new RetentionProvenance(report.Query, report.Project.Settings.Calendar, cohort.ToUnixTimeMilliseconds(), interval, value);
        return Persons.BehindAsync(new ReportSource(report.Project, report.Position), context, answering, person => search.Find(person) is { HasReturned: true } member
            ? [new Evidence(EvidenceRole.Start, member.Start.Event), .. Evidence.Of(EvidenceRole.Return, member.Returns)]
            : null, cancellationToken);
    }
}

/// <summary>Answers retention.</summary>
public sealed class RetentionAnswers(Answering answering)
{
    /// <summary>A defined retention; null if there is none of this key. One that is no longer kept up to date is asked of the events.</summary>
    public async Task<RetentionReport?> OfDefinitionAsync(Project project, string key, RangeInput range, AsOfInput? asOf, CancellationToken cancellationToken, bool isKept = true)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(range);
        if (project.Find(DefinitionKind.Retention, key) is not { IsRetired: false } definition) return null;
        var retention = Definitions.Retention(definition);
        var calendar = project.Settings.Calendar;
        var now = answering.Now;
        var query = retention.Query with { Range = range.ResolveSeries(calendar, now, retention.Query.Period) };
        if (isKept && RetentionFold.CanAnswer(retention, calendar, query.Range.Value)
            && await answering.StoredAsync(CohortsProjection.ProjectionName, definition.Revision, RetentionFold.Selections(query, calendar), asOf, now,
                cells => Analysis.Retention.RetentionReport.Build(query, calendar, cells, definition.Revision), cancellationToken) is { } stored)
            return new RetentionReport(project, query, calendar, stored.Report, stored.AsOf, stored.Position, now);
        return await ExploreAsync(project, query, asOf, now, cancellationToken);
    }

    /// <summary>Any retention.</summary>
    public Task<RetentionReport> OfQueryAsync(Project project, RetentionQuery query, RangeInput range, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(query);
        var now = answering.Now;
        return ExploreAsync(project, query with { Range = range.ResolveSeries(project.Settings.Calendar, now, query.Period) }, asOf, now, cancellationToken);
    }

    private async Task<RetentionReport> ExploreAsync(Project project, RetentionQuery query, AsOfInput? asOf, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ApiError.ThrowIfAny(query.Validate());
        var calendar = project.Settings.Calendar;
        var answer = await answering.ExploreAsync(project, asOf, now, snapshot => PersonSums.Of(
            snapshot.Persons, () => new RetentionExploration(query, calendar, project.Settings.Revenue), static (all, person) => all.Add(person), static (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        return new RetentionReport(project, query, calendar, answer.Report, answer.AsOf, answer.Position, now);
    }
}
