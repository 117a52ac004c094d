using System.Text.Json;

namespace EventSourcedAnalytics.Projects;

/// <summary>
/// Knows whether a definition of one kind can be answered. This room keeps definitions as JSON and knows none of their types; whoever folds them registers a checker.
/// </summary>
public interface IDefinitionChecker
{
    /// <summary>The kind it knows.</summary>
    DefinitionKind Kind { get; }

    /// <summary>Looks at a definition.</summary>
    /// <param name="definition">The definition as sent.</param>
    /// <param name="settings">The project's settings.</param>
    DefinitionCheck Check(JsonElement definition, ProjectSettings settings);
}

/// <summary>What a checker found.</summary>
/// <param name="Definition">The definition in its normal form (defaults left out or filled in, always the same way); null if it was refused.</param>
/// <param name="Errors">What is wrong; empty if nothing.</param>
public sealed record DefinitionCheck(JsonElement? Definition, IReadOnlyList<CommandError> Errors)
{
    /// <summary>All is well.</summary>
    public static DefinitionCheck Accept(JsonElement normal) => new(normal, []);

    /// <summary>It can't be answered.</summary>
    public static DefinitionCheck Refuse(IEnumerable<string> reasons) =>
        new(null, [.. reasons.Select(reason => new CommandError(ErrorCodes.InvalidDefinition, reason, "definition"))]);
}
