using System.Text.Json.Serialization;

namespace EventSourcedAnalytics.Analysis.Filters;

/// <summary>How a filter compares.</summary>
public enum FilterOperator
{
    /// <summary>Same JSON type and value.</summary>
    Eq,

    /// <summary>Not <see cref="Eq"/>; true where the value is missing or null.</summary>
    Neq,

    /// <summary>Equal to one of a list.</summary>
    In,

    /// <summary>Equal to none of a list; true where the value is missing or null.</summary>
    NotIn,

    /// <summary>A text that contains a text, case-sensitive.</summary>
    Contains,

    /// <summary>Not <see cref="Contains"/>; true where the value is missing or null.</summary>
    NotContains,

    /// <summary>Greater: two numbers, or two RFC 3339 texts as instants.</summary>
    Gt,

    /// <summary>Greater or equal.</summary>
    Gte,

    /// <summary>Less.</summary>
    Lt,

    /// <summary>Less or equal.</summary>
    Lte,

    /// <summary>Present and not null.</summary>
    IsSet,

    /// <summary>Missing or null.</summary>
    IsNotSet,

    /// <summary>A text that matches a regular expression (.NET syntax, culture-invariant), within <see cref="Limits.RegexTimeout"/>.</summary>
    Regex,
}

/// <summary>
/// A condition on an event, as data: either one comparison (path, op, value) or a group (any, all). A list of filters is joined by AND.
/// </summary>
public sealed record Filter
{
    /// <summary>Path of the value: <c>properties.x</c>, <c>customer.x</c> or <c>context.x</c>. Null for a group.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Path { get; init; }

    /// <summary>The comparison. Null for a group.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FilterOperator? Op { get; init; }

    /// <summary>What is compared with: a JSON value, or an array of values for in and notIn.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public System.Text.Json.JsonElement? Value { get; init; }

    /// <summary>For <c>customer.</c> paths: true = the newest traits instead of those as of the event.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Latest { get; init; }

    /// <summary>A group that holds if one of these holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Filter>? Any { get; init; }

    /// <summary>A group that holds if all of these hold.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Filter>? All { get; init; }
}

/// <summary>Which events: by name, by filters, or any activity if neither is given.</summary>
public sealed record EventPattern
{
    /// <summary>The event's name; null = any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>Conditions, joined by AND.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Filter>? Filters { get; init; }
}

/// <summary>A series or step: events that match one of some patterns; an empty list = any activity.</summary>
public sealed record EventSeries
{
    /// <summary>The patterns, joined by OR.</summary>
    public IReadOnlyList<EventPattern> Events { get; init; } = [];

    /// <summary>The same names whatever the events carry.</summary>
    public EventSeries WithoutFilters() => new() { Events = [.. Events.Select(pattern => new EventPattern { Name = pattern.Name })] };

    /// <summary>The series of one event name.</summary>
    public static EventSeries Named(string name) => new() { Events = [new EventPattern { Name = name }] };
}
