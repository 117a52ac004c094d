using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Projects;

/// <summary>A definition that is kept up to date.</summary>
public abstract class DefinitionNode
{
    private protected DefinitionNode(Project project, Definition definition) => (Project, Definition) = (project, definition);

    /// <summary>Names it among everything; for <c>retireDefinition</c>.</summary>
    [ID]
    public string Id => DefinitionIds.Of(Project, Definition);

    /// <summary>Names it among its kind.</summary>
    public string Key => Definition.Key;

    /// <summary>Its name, for people.</summary>
    public string Name => Definition.Name;

    /// <summary>The definition itself, as JSON.</summary>
    public JsonElement Query => DefinitionIds.Json(Definition);

    /// <summary>Number of its revision: changes with the definition and with the settings that change its numbers.</summary>
    public string Revision => DefinitionIds.RevisionOf(Definition);

    /// <summary>Log position of its last change.</summary>
    public string DefinedAt => Definition.DefinedAt.ToString();

    /// <summary>All its revisions, the newest first; the argument <c>revision</c> asks for the numbers of an older one.</summary>
    public Task<IReadOnlyList<DefinitionRevision>> GetRevisionsAsync([Service] DefinitionHistory history, CancellationToken cancellationToken) =>
        history.RevisionsAsync(Project.Id, Definition.Kind, Definition.Key, cancellationToken);

    internal Project Project { get; }

    internal Definition Definition { get; }
}

/// <summary>A funnel that is kept up to date.</summary>
[GraphQLName("FunnelDefinition")]
public sealed class FunnelDefinitionNode : DefinitionNode
{
    internal FunnelDefinitionNode(Project project, Definition definition)
        : base(project, definition)
    {
    }
}

/// <summary>A retention that is kept up to date.</summary>
[GraphQLName("CohortDefinition")]
public sealed class CohortDefinitionNode : DefinitionNode
{
    internal CohortDefinitionNode(Project project, Definition definition)
        : base(project, definition)
    {
    }
}

/// <summary>A definition as it was from a position on.</summary>
/// <param name="Revision">Its number.</param>
/// <param name="Query">The definition, as JSON.</param>
/// <param name="TimeZone">The project's time zone then.</param>
/// <param name="DefinedAt">Log position from which on it holds.</param>
/// <param name="Current">True for the one that is kept up to date now.</param>
public sealed record DefinitionRevision(string Revision, JsonElement Query, string TimeZone, string DefinedAt, bool Current);

/// <summary>Definitions by their ids.</summary>
internal static class DefinitionIds
{
    public static string Of(Project project, Definition definition) => $"{project.Id}:{definition.Kind}:{definition.Key}";

    /// <summary>What an id names.</summary>
    /// <exception cref="GraphQLException">It is none.</exception>
    public static (string Project, DefinitionKind Kind, string Key) Parse(string id) =>
        id.Split(':', 3) is [var project, var kindText, var key] && Enum.TryParse<DefinitionKind>(kindText, out var kind)
            ? (project, kind, key)
            : throw ApiError.NotFound($"There is no definition '{id}'; take an id from the project's 'funnels' or 'cohorts'.");

    public static string RevisionOf(Definition definition) => definition.Revision.ToString(CultureInfo.InvariantCulture);

    public static JsonElement Json(Definition definition)
    {
        using var json = JsonDocument.Parse(definition.Json);
        return json.RootElement.Clone();
    }

    public static IEnumerable<Definition> OfKind(Project project, DefinitionKind kind) => project.Definitions.Where(definition => definition.Kind == kind && !definition.IsRetired);
}
