using System.Text.Json;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>A scalar: how literals and JSON become C# values, and how C# values become JSON.</summary>
internal sealed class ScalarType(string name, string description) : NamedType(name, description)
{
    public string? SpecifiedByUrl { get; init; }

    /// <summary>The value of a literal. Throws <see cref="GraphQLException"/> where it doesn't fit.</summary>
    public required Func<ValueNode, object> ParseLiteral { get; init; }

    /// <summary>The value of JSON in the variables. Throws <see cref="GraphQLException"/> where it doesn't fit.</summary>
    public required Func<JsonElement, object> ParseValue { get; init; }

    /// <summary>What <see cref="Execution.ResponseWriter"/> writes for a resolved value. Throws <see cref="InvalidOperationException"/> where it doesn't fit.</summary>
    public required Func<object, object> Serialize { get; init; }

    internal InvalidOperationException CannotSerialize(object value) =>
        new($"{Name} cannot represent value: {value} ({value.GetType().Name})");
}
