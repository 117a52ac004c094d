using System.Text.Json;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Activity;
using EventSourcedAnalytics.Api.Cohorts;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Funnels;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;
using MediatR;

namespace EventSourcedAnalytics.Api.Saved;

/// <summary>An ad-hoc question that somebody saved: asked of the events whenever it is opened.</summary>
[GraphQLName("SavedQuery")]
public sealed class SavedQueryNode
{
    internal SavedQueryNode(Project project, Definition definition) => (Project, Definition) = (project, definition);

    /// <summary>Names it among everything; for <c>retireDefinition</c>.</summary>
    [ID]
    public string Id => DefinitionIds.Of(Project, Definition);

    /// <summary>Names it among the saved queries.</summary>
    public string Key => Definition.Key;

    /// <summary>Its name, for people.</summary>
    public string Name => Definition.Name;

    /// <summary>The question, as JSON.</summary>
    public JsonElement Query => DefinitionIds.Json(Definition);

    /// <summary>Its revisions, the newest first.</summary>
    public Task<IReadOnlyList<DefinitionRevision>> GetRevisionsAsync([Service] DefinitionHistory history, CancellationToken cancellationToken) =>
        history.RevisionsAsync(Project.Id, Definition.Kind, Definition.Key, cancellationToken);

    /// <summary>The answer, if it is a funnel.</summary>
    public async Task<FunnelReport?> GetFunnelAsync(RangeInput range, AsOfInput? asOf, [Service] FunnelAnswers answers, CancellationToken cancellationToken) =>
        Question.Funnel is { } query ? await answers.OfQueryAsync(Project, query, range, asOf, cancellationToken) : null;

    /// <summary>The answer, if it is a retention.</summary>
    public async Task<RetentionReport?> GetRetentionAsync(RangeInput range, AsOfInput? asOf, [Service] RetentionAnswers answers, CancellationToken cancellationToken) =>
        Question.Retention is { } query ? await answers.OfQueryAsync(Project, query, range, asOf, cancellationToken) : null;

    /// <summary>The answer, if it is a question of the query builder.</summary>
    public async Task<SegmentReport?> GetSegmentAsync(RangeInput range, AsOfInput? asOf, [Service] ActivityAnswers answers, CancellationToken cancellationToken) =>
        Question.Segment is { } query ? await answers.SegmentAsync(Project, query, range, asOf, cancellationToken) : null;

    internal Project Project { get; }

    internal Definition Definition { get; }

    private SavedQuestion Question => SavedQuestion.Of(Query);
}

/// <summary>The question to save: exactly one of these.</summary>
[OneOf]
public sealed record SavedQueryInput
{
    /// <summary>A funnel.</summary>
    public FunnelQueryInput? Funnel { get; init; }

    /// <summary>A retention.</summary>
    public RetentionQueryInput? Retention { get; init; }

    /// <summary>A question of the query builder.</summary>
    public SegmentQueryInput? Segment { get; init; }

    internal SavedQuestion ToQuestion() => new(Funnel?.ToQuery(), Retention?.ToQuery(), Segment?.ToQuery(new TimeRange(0, 0)));
}

/// <summary>A question to save. The same key again changes it.</summary>
/// <param name="Project">The project.</param>
/// <param name="Key">Names it.</param>
/// <param name="Query">The question.</param>
/// <param name="Name">For people; default the key.</param>
public sealed record SaveQueryInput([property: ID] string Project, string Key, SavedQueryInput Query, string? Name = null);

/// <summary>What became of it.</summary>
/// <param name="SavedQuery">The saved query as it is now; null if it was refused.</param>
/// <param name="Position">From this log position on it is visible.</param>
/// <param name="Errors">Why it was refused.</param>
public sealed record SaveQueryPayload(SavedQueryNode? SavedQuery, string? Position, IReadOnlyList<UserError> Errors);

/// <summary>A project's saved queries.</summary>
[ObjectType<ProjectNode>]
public static class ProjectSavedQueryFields
{
    /// <summary>The questions that were saved.</summary>
    public static IReadOnlyList<SavedQueryNode> GetSavedQueries([Parent] ProjectNode project) =>
        [.. DefinitionIds.OfKind(project.Project, DefinitionKind.SavedQuery).Select(definition => new SavedQueryNode(project.Project, definition))];

    /// <summary>One of them; null if there is none of this key.</summary>
    public static SavedQueryNode? GetSavedQuery([Parent] ProjectNode project, string key) =>
        project.Project.Find(DefinitionKind.SavedQuery, key) is { IsRetired: false } definition ? new SavedQueryNode(project.Project, definition) : null;
}

/// <summary>Saving questions.</summary>
[MutationType]
public static class SavedQueryMutations
{
    /// <summary>Saves a question, or changes it.</summary>
    public static async Task<SaveQueryPayload> SaveQueryAsync(
        SaveQueryInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        Guard.Change(context.User, input.Project);
        var result = await sender.Send(new Define(input.Project, DefinitionKind.SavedQuery, input.Key, input.Name ?? input.Key, input.Query.ToQuestion().ToJson()), cancellationToken);
        if (result is Result<DefinedDefinition>.Refused refused) return new SaveQueryPayload(null, null, UserError.Of(refused.Errors));
        var position = ((Result<DefinedDefinition>.Done)result).Position;
        var project = (await projects.WaitForAsync(position, cancellationToken)).Projects[input.Project];
        return new SaveQueryPayload(new SavedQueryNode(project, project.Find(DefinitionKind.SavedQuery, input.Key)!), position.ToString(), []);
    }
}
