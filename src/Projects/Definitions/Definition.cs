using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projects;

/// <summary>What a definition is of.</summary>
public enum DefinitionKind
{
    /// <summary>A funnel.</summary>
    Funnel,

    /// <summary>Retention of cohorts.</summary>
    Retention,

    /// <summary>The project's revenue: one, standing, made of the settings.</summary>
    Revenue,

    /// <summary>The project's activity: one, standing, made of the settings.</summary>
    Activity,

    /// <summary>A campaign.</summary>
    Campaign,

    /// <summary>An ad-hoc question that somebody saved.</summary>
    SavedQuery,
}

/// <summary>
/// A question that a project keeps an answer to. It covers all events, whatever its own position.
/// </summary>
/// <param name="Kind">What it is of.</param>
/// <param name="Key">Names it inside its kind.</param>
/// <param name="Name">For people.</param>
/// <param name="Json">The definition itself, canonical JSON.</param>
/// <param name="Revision">Made from project, kind, key, definition and the settings that change numbers: the number its cells are kept under.</param>
/// <param name="DefinedAt">Position of the event that last changed it or the settings of its revision.</param>
/// <param name="IsRetired">True if it is no longer kept up to date.</param>
public sealed record Definition(DefinitionKind Kind, string Key, string Name, string Json, long Revision, LogPosition DefinedAt, bool IsRetired)
{
    /// <summary>Its place among the project's definitions.</summary>
    public (DefinitionKind Kind, string Key) Place => (Kind, Key);

    internal static long RevisionOf(string projectId, DefinitionKind kind, string key, string json, ProjectSettings settings) =>
        RevisionId.Of(projectId, kind.ToString(), key, json, settings.NumbersOf(kind));

    internal static bool IsStanding(DefinitionKind kind) => kind is DefinitionKind.Revenue or DefinitionKind.Activity;
}
