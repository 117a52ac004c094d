using EventSourcedAnalytics.GraphQL.Execution;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>An argument of a field or directive, or a field of an input object.</summary>
internal sealed class InputField(string name, GraphQLType type)
{
    public string Name { get; } = name;

    public GraphQLType Type { get; } = type;

    public string? Description { get; init; }

    public string? DeprecationReason { get; init; }

    /// <summary>Whether a value is used when none is given; <see cref="DefaultValue"/> may be null then.</summary>
    public bool HasDefault { get; init; }

    /// <summary>The coerced default value.</summary>
    public object? DefaultValue { get; init; }

    public bool IsRequired => Type is NonNullType && !HasDefault;
}

/// <summary>A field of an object or interface. Exactly one of its resolvers is set, except on interfaces, which have none.</summary>
internal sealed class Field(string name, GraphQLType type)
{
    public string Name { get; } = name;

    public GraphQLType Type { get; } = type;

    public string? Description { get; init; }

    public string? DeprecationReason { get; init; }

    public IReadOnlyList<InputField> Arguments { get; init; } = [];

    /// <summary>Reads the value off the parent; for properties, which need no context.</summary>
    public Func<object, object?>? Getter { get; set; }

    /// <summary>Resolves the value at once.</summary>
    public Func<ResolverContext, object?>? Resolver { get; set; }

    /// <summary>Resolves the value, perhaps later.</summary>
    public Func<ResolverContext, ValueTask<object?>>? AsyncResolver { get; set; }

    /// <summary>Opens the stream of events of a subscription field.</summary>
    public Func<ResolverContext, ValueTask<IAsyncEnumerable<object?>>>? Subscriber { get; set; }

    /// <summary>Items at most, if this field is a connection; 0 otherwise.</summary>
    public int DefaultPageSize { get; init; }

    public InputField? ArgumentNamed(string name)
    {
        foreach (var argument in Arguments)
        {
            if (argument.Name == name)
                return argument;
        }
        return null;
    }
}

/// <summary>A directive of the schema.</summary>
internal sealed class Directive(string name, string description, string[] locations, params InputField[] arguments)
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    public string[] Locations { get; } = locations;

    public IReadOnlyList<InputField> Arguments { get; } = arguments;
}
