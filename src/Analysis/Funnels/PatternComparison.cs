using System.Text.Json;
using EventSourcedAnalytics.Analysis.Filters;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>Compares lists of event patterns as far as they can be compared without an event.</summary>
internal static class PatternComparison
{
    /// <summary>Whether two lists are the same patterns, in any order.</summary>
    public static bool Same(IReadOnlyList<EventPattern> left, IReadOnlyList<EventPattern> right) =>
        left.Select(Text).ToHashSet(StringComparer.Ordinal).SetEquals(right.Select(Text));

    /// <summary>Whether some pattern of <paramref name="right"/> surely matches only what some pattern of <paramref name="left"/> matches.</summary>
    public static bool Covers(IReadOnlyList<EventPattern> left, IReadOnlyList<EventPattern> right)
    {
        if (left.Count == 0 || right.Count == 0) return true;
        return left.Any(wide => right.Any(narrow => (wide.Name is null || wide.Name == narrow.Name) && (wide.Filters is not { Count: > 0 } || Text(wide with { Name = null }) == Text(narrow with { Name = null }))));
    }

    private static string Text(EventPattern pattern) =>
        JsonSerializer.Serialize(pattern.Filters is { Count: 0 } ? pattern with { Filters = null } : pattern, AnalysisJson.Options);
}
