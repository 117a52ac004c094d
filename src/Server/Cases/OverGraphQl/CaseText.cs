using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Server.Cases.OverGraphQl;

/// <summary>Queries of cases as GraphQL variables, and answers as numbers.</summary>
internal static class CaseText
{
    /// <summary>The members of a query without some, operators written as GraphQL's enum values.</summary>
    public static JsonObject Without(this JsonElement query, params string[] members)
    {
        var input = new JsonObject();
        foreach (var member in query.EnumerateObject())
            if (!members.Contains(member.Name)) input[member.Name] = Convert(member.Value);
        return input;
    }

    /// <summary>One member of a query, or null.</summary>
    public static JsonNode? Member(this JsonElement query, string name) => query.TryGetProperty(name, out var value) ? Convert(value) : null;

    /// <summary>The range of a query; without one all of time.</summary>
    public static JsonObject Range(this JsonElement query) => query.TryGetProperty("range", out var range)
        ? new JsonObject { ["between"] = JsonObject.Create(range) }
        : new JsonObject { ["allTime"] = true };

    public static long Whole(this JsonNode? node) => long.Parse(node!.ToJsonString().Trim('"'), CultureInfo.InvariantCulture);

    public static double? Number(this JsonNode? node) => node is null ? null : double.Parse(node.ToJsonString().Trim('"'), CultureInfo.InvariantCulture);

    public static string Text(this JsonNode? node) => node!.GetValue<string>();

    public static long At(this JsonNode? node) => Instant.Parse(node.Text());

    public static IReadOnlyList<JsonObject> Each(this JsonNode? node) => [.. node!.AsArray().Select(item => item!.AsObject())];

    public static IReadOnlyList<string> Texts(this JsonNode? node) => [.. node!.AsArray().Select(item => item.Text())];

    public static IReadOnlyList<long> Wholes(this JsonNode? node) => [.. node!.AsArray().Select(item => item.Whole())];

    private static JsonNode? Convert(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(Convert)]),
        JsonValueKind.Object => Filter(value),
        _ => JsonNode.Parse(value.GetRawText()),
    };

    private static JsonObject Filter(JsonElement json)
    {
        var (members, isComparison) = (new JsonObject(), json.TryGetProperty("path", out _) && json.TryGetProperty("op", out _));
        foreach (var member in json.EnumerateObject())
            members[member.Name] = isComparison && member.Name == "op" ? EnumValue(member.Value.GetString()!)
                : isComparison && member.Name == "value" ? JsonNode.Parse(member.Value.GetRawText())
                : Convert(member.Value);
        return members;
    }

    private static string EnumValue(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter)) text.Append('_');
            text.Append(char.ToUpperInvariant(letter));
        }
        return text.ToString();
    }
}
