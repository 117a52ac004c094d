using System.Text.Json;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projections;

/// <summary>Definitions as the typed questions they hold. A project keeps them as JSON: a funnel is its query, with <c>namedRanges</c> beside the query's members.</summary>
public static class Definitions
{
    private const string NamedRanges = "namedRanges";

    /// <summary>A funnel definition.</summary>
    /// <exception cref="JsonException">The stored definition is none.</exception>
    public static FunnelDefinition Funnel(Definition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        using var document = JsonDocument.Parse(definition.Json);
        return Funnel(definition.Key, definition.Name, document.RootElement);
    }

    /// <summary>A funnel definition from its JSON.</summary>
    /// <exception cref="JsonException">It is none; the message says where.</exception>
    public static FunnelDefinition Funnel(string key, string name, JsonElement json)
    {
        var members = json.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        var ranges = members.Remove(NamedRanges, out var named) ? named.Deserialize<IReadOnlyList<FunnelNamedRange>>(AnalysisJson.Options) : null;
        var query = JsonSerializer.SerializeToElement(members).Deserialize<FunnelQuery>(AnalysisJson.Options)!;
        return new FunnelDefinition { Key = key, Name = name, Query = query, NamedRanges = ranges };
    }

    /// <summary>A retention definition.</summary>
    /// <exception cref="JsonException">The stored definition is none.</exception>
    public static RetentionDefinition Retention(Definition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        using var document = JsonDocument.Parse(definition.Json);
        return Retention(definition.Key, definition.Name, document.RootElement);
    }

    /// <summary>A retention definition from its JSON.</summary>
    /// <exception cref="JsonException">It is none; the message says where.</exception>
    public static RetentionDefinition Retention(string key, string name, JsonElement json) =>
        new(key, name, json.Deserialize<RetentionQuery>(AnalysisJson.Options) ?? throw new JsonException("A retention definition is a JSON object."));
}
