using System.Text.Json.Nodes;

namespace EventSourcedAnalytics.Acceptance.Harness;

/// <summary>Reading numbers out of JSON in one word.</summary>
internal static class JsonNumbers
{
    /// <summary>An array's elements; none of them null.</summary>
    public static IEnumerable<JsonNode> Each(this JsonNode? node) => node!.AsArray().Select(element => element!);

    /// <summary>A whole number.</summary>
    public static long Whole(this JsonNode? node) => (long)node!;

    /// <summary>A number with nine decimals, or null.</summary>
    public static double? Rounded(this JsonNode? node) => node is null ? null : Math.Round((double)node, 6);

    /// <summary>A text.</summary>
    public static string Text(this JsonNode? node) => (string)node!;
}
