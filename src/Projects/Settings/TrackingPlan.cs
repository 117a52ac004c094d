namespace EventSourcedAnalytics.Projects;

/// <summary>What happens to an event that a tracking plan doesn't name.</summary>
public enum UnknownEvents
{
    /// <summary>It is taken as it is.</summary>
    Allow,

    /// <summary>It is refused.</summary>
    Reject,
}

/// <summary>The JSON types a property may have.</summary>
public enum PropertyType
{
    /// <summary>Any type.</summary>
    Any,

    /// <summary>Text.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A number without a fraction.</summary>
    Integer,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>An object.</summary>
    Object,

    /// <summary>An array.</summary>
    Array,
}

/// <summary>What a project expects of the events it is sent.</summary>
public sealed record TrackingPlan
{
    /// <summary>Nothing is expected.</summary>
    public static TrackingPlan None { get; } = new();

    /// <summary>What happens to track events that are not named here.</summary>
    public UnknownEvents UnknownEvents { get; init; }

    /// <summary>The events, each name once.</summary>
    public IReadOnlyList<PlannedEvent> Events { get; init; } = [];

    /// <summary>What is wrong with the plan; empty if nothing.</summary>
    public IReadOnlyList<CommandError> Validate()
    {
        var errors = new List<CommandError>();
        if (Events.Count > Limits.MaxPlannedEvents) errors.Add(Invalid($"The plan names {Events.Count} events; at most {Limits.MaxPlannedEvents} are allowed."));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var planned in Events)
        {
            if (string.IsNullOrEmpty(planned.Name)) errors.Add(Invalid("An event of the plan has no name."));
            else if (!names.Add(planned.Name)) errors.Add(Invalid($"The plan names '{planned.Name}' twice."));
            errors.AddRange(planned.Validate().Select(Invalid));
        }
        return errors;
    }

    private static CommandError Invalid(string message) => new(ErrorCodes.InvalidInput, message, "plan");
}

/// <summary>What is expected of one event.</summary>
/// <param name="Name">The event's name.</param>
public sealed record PlannedEvent(string Name)
{
    /// <summary>Its properties, each name once; others are allowed.</summary>
    public IReadOnlyList<PlannedProperty> Properties { get; init; } = [];

    internal IEnumerable<string> Validate()
    {
        if (Properties.Count > Limits.MaxPlannedProperties) yield return $"'{Name}' plans {Properties.Count} properties; at most {Limits.MaxPlannedProperties} are allowed.";
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in Properties)
        {
            if (string.IsNullOrEmpty(property.Name)) yield return $"A property of '{Name}' has no name.";
            else if (!names.Add(property.Name)) yield return $"'{Name}' plans the property '{property.Name}' twice.";
            if (property.Values is { Count: > Limits.MaxPlannedValues }) yield return $"'{Name}.{property.Name}' lists more than {Limits.MaxPlannedValues} values.";
        }
    }
}

/// <summary>What is expected of one top-level property.</summary>
/// <param name="Name">The key.</param>
/// <param name="Type">Its JSON type.</param>
/// <param name="Required">True if it must be there and not null.</param>
public sealed record PlannedProperty(string Name, PropertyType Type = PropertyType.Any, bool Required = false)
{
    /// <summary>The texts, numbers or truth values it may have, in the form a report shows them; null = any.</summary>
    public IReadOnlyList<string>? Values { get; init; }
}
