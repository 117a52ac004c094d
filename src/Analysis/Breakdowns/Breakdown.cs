using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Breakdowns;

/// <summary>Numbers apart by the values of up to three properties, taken together as one value.</summary>
public sealed record Breakdown
{
    /// <summary>Paths: <c>properties.x</c>, <c>customer.x</c> or <c>context.x</c>.</summary>
    public IReadOnlyList<string> By { get; init; } = [];

    /// <summary>What is wrong with it; empty = nothing.</summary>
    public IEnumerable<string> Validate()
    {
        if (By.Count is 0 or > Limits.MaxBreakdownProperties) yield return $"A breakdown names 1 to {Limits.MaxBreakdownProperties} properties; this one names {By.Count}.";
        foreach (var path in By)
            if (!PropertyPath.TryParse(path, out var message)) yield return message;
    }
}
