using System.Text.Json;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>A file of conformance cases: events in, a query, the numbers that must come out.</summary>
/// <param name="Suite">Which analysis it is about: names the <see cref="ICaseSuite"/>.</param>
/// <param name="Version">Version of the format.</param>
/// <param name="Cases">The cases.</param>
public sealed record CaseFile(string Suite, int Version, IReadOnlyList<CaseData> Cases)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>Reads a file; null if it is JSON of another kind.</summary>
    /// <exception cref="JsonException">The file is no JSON, or a case lacks something.</exception>
    public static CaseFile? Read(string path)
    {
        using var file = File.OpenRead(path);
        using var json = JsonDocument.Parse(file);
        var root = json.RootElement;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("suite", out _) && root.TryGetProperty("cases", out _) ? root.Deserialize<CaseFile>(Format) : null;
    }
}

/// <summary>A customer of a case.</summary>
/// <param name="Id">The id that answers name.</param>
/// <param name="Aliases">Other ids of the same person.</param>
/// <param name="Properties">Properties that hold from before the first event.</param>
/// <param name="Changes">Properties set later.</param>
public sealed record CaseCustomer(string Id, IReadOnlyList<string>? Aliases, JsonElement? Properties, IReadOnlyList<CaseChange>? Changes);

/// <summary>Properties set from an instant on.</summary>
/// <param name="At">The instant.</param>
/// <param name="Properties">What is merged in.</param>
public sealed record CaseChange(string At, JsonElement Properties);

/// <summary>An event of a case.</summary>
/// <param name="Customer">An id or alias.</param>
/// <param name="Name">The event's name.</param>
/// <param name="At">When it happened.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="Session">The session as the sender numbered it.</param>
public sealed record CaseEvent(string Customer, string Name, string At, JsonElement? Properties, string? Session);

/// <summary>A question and what must come out.</summary>
/// <param name="Query">The question, in its suite's format.</param>
/// <param name="Expect">The numbers; what is absent is not asserted.</param>
public sealed record CaseCheck(JsonElement Query, JsonElement Expect);
