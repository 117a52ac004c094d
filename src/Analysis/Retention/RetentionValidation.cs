using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>What is refused when a retention question is asked or defined.</summary>
public static class RetentionValidation
{
    /// <summary>What is wrong with a question; empty = nothing.</summary>
    public static IReadOnlyList<string> Validate(this RetentionQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return [.. OfSeries(query), .. OfShape(query), .. OfValue(query), .. query.Breakdown?.Validate() ?? []];
    }

    /// <summary>What is wrong with a definition; empty = nothing.</summary>
    public static IReadOnlyList<string> Validate(this RetentionDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        List<string> messages = [.. definition.Query.Validate()];
        if (string.IsNullOrWhiteSpace(definition.Key)) messages.Add("A retention definition needs a key.");
        if (definition.Query.Range is not null) messages.Add("A retention definition covers all of time: leave 'range' out and give it with the question.");
        return messages;
    }

    private static IEnumerable<string> OfSeries(RetentionQuery query)
    {
        foreach (var series in new[] { query.Start, query.Return })
            if (EventMatcher.TryFor(series, query.Filters, out var message) is null) yield return message;
    }

    private static IEnumerable<string> OfShape(RetentionQuery query)
    {
        if (query.Period == Period.Minute) yield return "Retention is by hour, day, week, month or quarter, not by minute.";
        if (query.Intervals is < 1 or > Limits.MaxRetentionIntervals) yield return $"A retention report has 1 to {Limits.MaxRetentionIntervals} intervals, not {query.Intervals}.";
        if (query.MinimumOccurrences is < 1 or > Limits.MaxMinimumOccurrences)
            yield return $"'minimumOccurrences' is 1 to {Limits.MaxMinimumOccurrences}, not {query.MinimumOccurrences}.";
        if (query.Range is { } range && range.From > range.To) yield return "The range ends before it begins.";
    }

    private static IEnumerable<string> OfValue(RetentionQuery query)
    {
        var needsProperty = query.Value is RetentionValue.Sum or RetentionValue.Average;
        if (needsProperty && query.Property is null) yield return "A sum or average needs 'property', the path of a number.";
        if (!needsProperty && query.Property is not null) yield return "'property' goes with the values SUM and AVERAGE only.";
        if (query.Property is { } path && !PropertyPath.TryParse(path, out var message)) yield return message;
        if (query.Value == RetentionValue.Customers) yield break;
        if (query.OnOrAfter) yield return "ON_OR_AFTER counts customers only: leave 'value' out, or ask for the return in the very period.";
        if (query.MinimumOccurrences > 1) yield return "'minimumOccurrences' counts customers only: leave it out where events or amounts are summed.";
    }
}
