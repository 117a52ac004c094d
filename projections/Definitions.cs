using System.Text.Json;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projections;

/// <summary>Definitions as the typed questions they hold.</summary>
public static class Definitions
{
    /// <summary>A retention definition.</summary>
    /// <exception cref="JsonException">The stored definition is none.</exception>
    public static RetentionDefinition Retention(Definition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return new RetentionDefinition(definition.Key, definition.Name, Read<RetentionQuery>(definition));
    }

    private static T Read<T>(Definition definition) =>
        JsonSerializer.Deserialize<T>(definition.Json, AnalysisJson.Options) ?? throw new JsonException($"The definition '{definition.Key}' is empty.");
}
