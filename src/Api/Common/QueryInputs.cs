using System.Text.Json;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Common;

/// <summary>A condition: one comparison (path, op, value), or a group (any or all).</summary>
public sealed record FilterInput
{
    /// <summary>Path of the value: <c>properties.x</c>, <c>customer.x</c> or <c>context.x</c>; dots nest.</summary>
    public string? Path { get; init; }

    /// <summary>How it is compared; values compare by JSON type.</summary>
    public FilterOperator? Op { get; init; }

    /// <summary>What it is compared with; a list for IN and NOT_IN.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>For customer paths: the newest traits instead of those as of the event.</summary>
    public bool? Latest { get; init; }

    /// <summary>Holds if one of these holds.</summary>
    public IReadOnlyList<FilterInput>? Any { get; init; }

    /// <summary>Holds if all of these hold.</summary>
    public IReadOnlyList<FilterInput>? All { get; init; }

    internal Filter ToFilter() => new()
    {
        Path = Path,
        Op = Op,
        Value = Value,
        Latest = Latest ?? false,
        Any = Any is null ? null : [.. Any.Select(part => part.ToFilter())],
        All = All is null ? null : [.. All.Select(part => part.ToFilter())],
    };
}

/// <summary>Events by name, by conditions, or by both; neither = any activity.</summary>
public sealed record PatternInput
{
    /// <summary>The event's name.</summary>
    public string? Name { get; init; }

    /// <summary>Conditions, joined by AND.</summary>
    public IReadOnlyList<FilterInput>? Filters { get; init; }

    internal EventPattern ToPattern() => new() { Name = Name, Filters = FilterInputs.ToFilters(Filters) };
}

/// <summary>Events that match one of some patterns; no patterns = any activity.</summary>
public sealed record SeriesInput
{
    /// <summary>The patterns, joined by OR.</summary>
    [DefaultValueSyntax("[]")]
    public IReadOnlyList<PatternInput> Events { get; init; } = [];

    internal EventSeries ToSeries() => new() { Events = [.. Events.Select(pattern => pattern.ToPattern())] };
}

/// <summary>Into which values numbers are split.</summary>
public sealed record BreakdownInput
{
    /// <summary>One to three paths, whose values together are one value.</summary>
    public required IReadOnlyList<string> By { get; init; }

    /// <summary>How many values are shown; the rest is "Other" where parts can be added.</summary>
    public int? Limit { get; init; }

    /// <summary>Funnels: which value a person belongs to.</summary>
    public Analysis.Funnels.FunnelAttribution? Attribution { get; init; }

    /// <summary>Funnels, with attribution STEP: the step, 1-based.</summary>
    public int? Step { get; init; }
}

internal static class FilterInputs
{
    public static IReadOnlyList<Filter>? ToFilters(IReadOnlyList<FilterInput>? inputs) => inputs is null ? null : [.. inputs.Select(input => input.ToFilter())];
}
