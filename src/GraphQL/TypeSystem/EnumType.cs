using System.Text.Json;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>One value of an enum: its name in the schema and what it is in C#.</summary>
internal sealed record EnumValue(string Name, object Value, string? Description, string? DeprecationReason);

internal sealed class EnumType : NamedType
{
    private readonly Dictionary<string, EnumValue> _byName;
    private readonly Dictionary<object, EnumValue> _byValue = [];

    public EnumType(string name, string? description, IReadOnlyList<EnumValue> values)
        : base(name, description)
    {
        Values = values;
        _byName = values.ToDictionary(value => value.Name, StringComparer.Ordinal);
        foreach (var value in values)
            _byValue.TryAdd(value.Value, value);
    }

    public IReadOnlyList<EnumValue> Values { get; }

    /// <summary>The name of a C# value.</summary>
    /// <exception cref="InvalidOperationException">The enum has no such value.</exception>
    public string Serialize(object value) => _byValue.TryGetValue(value, out var known)
        ? known.Name
        : throw new InvalidOperationException($"Enum \"{Name}\" cannot represent value: {value}");

    /// <exception cref="GraphQLException">The literal isn't one of the values.</exception>
    public object ParseLiteral(ValueNode node)
    {
        var text = Printer.Print(node);
        if (node is not EnumValueNode literal)
            throw new GraphQLException($"Enum \"{Name}\" cannot represent non-enum value: {text}." + Suggest(text));
        return _byName.TryGetValue(literal.Value, out var value) ? value.Value : throw Unknown(text);
    }

    /// <exception cref="GraphQLException">The JSON isn't one of the values.</exception>
    public object ParseValue(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.String)
        {
            var text = Inspect.Json(json);
            throw new GraphQLException($"Enum \"{Name}\" cannot represent non-string value: {text}." + Suggest(text));
        }
        var name = json.GetString()!;
        return _byName.TryGetValue(name, out var value) ? value.Value : throw Unknown(name);
    }

    private GraphQLException Unknown(string text) => new($"Value \"{text}\" does not exist in \"{Name}\" enum." + Suggest(text));

    private string Suggest(string text) =>
        Suggestions.DidYouMean(Suggestions.For(text, Values.Select(value => value.Name)), "the enum value");
}
