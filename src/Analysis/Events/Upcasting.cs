using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>Lifts the stored JSON of an event by one version while it is read; the log itself never changes.</summary>
/// <param name="Type">The kind of message it is for.</param>
/// <param name="Name">The event's name it is for; null = every name.</param>
/// <param name="FromVersion">The version it lifts; the result has the next one.</param>
/// <param name="Lift">From the old JSON to the new. Pure; the member <c>v</c> is set by the caller.</param>
public sealed record Upcaster(EventType Type, string? Name, int FromVersion, Func<JsonObject, JsonObject> Lift);

/// <summary>All upcasters of the product, and how they are applied.</summary>
public static class Upcasters
{
    /// <summary>In any order: each is found by type, name and version.</summary>
    public static IReadOnlyList<Upcaster> All { get; } = [];

    /// <summary>Applies upcasters one version after another until none fits.</summary>
    /// <returns>The lifted JSON; null if no upcaster is for this event.</returns>
    internal static ReadOnlyMemory<byte>? Lift(IReadOnlyList<Upcaster> upcasters, ReadOnlyMemory<byte> data, EventType type, string? name, int version)
    {
        JsonObject? json = null;
        while (Find(upcasters, type, name, version) is { } upcaster)
        {
            json = upcaster.Lift(json ?? JsonNode.Parse(data.Span)!.AsObject());
            json["v"] = ++version;
            name = (string?)json["name"];
        }
        return json is null ? null : JsonSerializer.SerializeToUtf8Bytes(json);
    }

    private static Upcaster? Find(IReadOnlyList<Upcaster> upcasters, EventType type, string? name, int version)
    {
        foreach (var upcaster in upcasters)
            if (upcaster.FromVersion == version && upcaster.Type == type && (upcaster.Name is null || upcaster.Name == name)) return upcaster;
        return null;
    }
}
