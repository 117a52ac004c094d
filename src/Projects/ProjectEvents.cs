using System.Text.Json;

namespace EventSourcedAnalytics.Projects;

/// <summary>Something a project decided.</summary>
public abstract record ProjectEvent;

/// <summary>The project exists from here on.</summary>
/// <param name="Name">For people.</param>
/// <param name="Settings">What it starts with.</param>
/// <param name="CustomerSecret">32 random bytes: the names of its customers' streams are made with them, so they never change.</param>
public sealed record ProjectCreated(string Name, ProjectSettings Settings, byte[] CustomerSecret) : ProjectEvent;

/// <summary>The project has another name.</summary>
public sealed record ProjectRenamed(string Name) : ProjectEvent;

/// <summary>The settings are these now.</summary>
public sealed record SettingsChanged(ProjectSettings Settings) : ProjectEvent;

/// <summary>A key was given out.</summary>
public sealed record KeyIssued(ApiKey Key) : ProjectEvent;

/// <summary>A key opens nothing any more.</summary>
public sealed record KeyRevoked(string KeyId) : ProjectEvent;

/// <summary>A definition is this now, whether it was there before or not.</summary>
public sealed record DefinitionDefined(DefinitionKind Kind, string Key, string Name, JsonElement Definition) : ProjectEvent;

/// <summary>A definition is no longer kept up to date.</summary>
public sealed record DefinitionRetired(DefinitionKind Kind, string Key) : ProjectEvent;

/// <summary>The tracking plan is this now.</summary>
public sealed record TrackingPlanSet(TrackingPlan Plan) : ProjectEvent;
