using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The five scalars of the specification. Section 3.5.</summary>
internal static class Scalars
{
    public static readonly ScalarType Int = new("Int", "A whole number of 32 bits, with sign.")
    {
        ParseLiteral = node => node is not IntValueNode literal
            ? throw new GraphQLException($"Int cannot represent non-integer value: {Printer.Print(node)}")
            : int.TryParse(literal.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new GraphQLException($"Int cannot represent non 32-bit signed integer value: {literal.Value}"),
        ParseValue = json => json.ValueKind != JsonValueKind.Number || !json.TryGetDouble(out var value) || value != Math.Truncate(value) || double.IsInfinity(value)
            ? throw new GraphQLException($"Int cannot represent non-integer value: {Inspect.Json(json)}")
            : value is >= int.MinValue and <= int.MaxValue
                ? (int)value
                : throw new GraphQLException($"Int cannot represent non 32-bit signed integer value: {Inspect.Json(json)}"),
        Serialize = value => value switch
        {
            int or short or byte or sbyte or ushort => value,
            long and >= int.MinValue and <= int.MaxValue => value,
            _ => throw Int!.CannotSerialize(value),
        },
    };

    public static readonly ScalarType Float = new("Float", "A number of double precision, as IEEE 754 has it.")
    {
        ParseLiteral = node => node switch
        {
            IntValueNode literal => double.Parse(literal.Value, CultureInfo.InvariantCulture),
            FloatValueNode literal => double.Parse(literal.Value, CultureInfo.InvariantCulture),
            _ => throw new GraphQLException($"Float cannot represent non numeric value: {Printer.Print(node)}"),
        },
        ParseValue = json => json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw new GraphQLException($"Float cannot represent non numeric value: {Inspect.Json(json)}"),
        Serialize = value => value switch
        {
            double d when double.IsFinite(d) => d,
            float f when float.IsFinite(f) => f,
            int or long or short or byte or decimal => value,
            _ => throw Float!.CannotSerialize(value),
        },
    };

    public static readonly ScalarType String = new("String", "Text, of Unicode characters.")
    {
        ParseLiteral = node => node is StringValueNode literal
            ? literal.Value
            : throw new GraphQLException($"String cannot represent a non string value: {Printer.Print(node)}"),
        ParseValue = json => json.ValueKind == JsonValueKind.String
            ? json.GetString()!
            : throw new GraphQLException($"String cannot represent a non string value: {Inspect.Json(json)}"),
        Serialize = value => value switch
        {
            string => value,
            char or Uri => value.ToString()!,
            _ => throw String!.CannotSerialize(value),
        },
    };

    public static readonly ScalarType Boolean = new("Boolean", "true or false.")
    {
        ParseLiteral = node => node is BooleanValueNode literal
            ? literal.Value
            : throw new GraphQLException($"Boolean cannot represent a non boolean value: {Printer.Print(node)}"),
        ParseValue = json => json.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? json.GetBoolean()
            : throw new GraphQLException($"Boolean cannot represent a non boolean value: {Inspect.Json(json)}"),
        Serialize = value => value as bool? ?? throw Boolean!.CannotSerialize(value),
    };

    public static readonly ScalarType ID = new("ID", "An opaque identifier. Always a string in responses; whole numbers are taken as input, too.")
    {
        ParseLiteral = node => node switch
        {
            StringValueNode literal => literal.Value,
            IntValueNode literal => literal.Value,
            _ => throw new GraphQLException($"ID cannot represent a non-string and non-integer value: {Printer.Print(node)}"),
        },
        ParseValue = json => json.ValueKind switch
        {
            JsonValueKind.String => json.GetString()!,
            JsonValueKind.Number when json.TryGetInt64(out _) => json.GetRawText(),
            JsonValueKind.Number when json.TryGetDouble(out var d) && d == Math.Truncate(d) && double.IsFinite(d) => Inspect.Double(d),
            _ => throw new GraphQLException($"ID cannot represent value: {Inspect.Json(json)}"),
        },
        Serialize = value => value switch
        {
            string => value,
            IFormattable id and (int or long or Guid) => id.ToString(null, CultureInfo.InvariantCulture),
            _ => throw ID!.CannotSerialize(value),
        },
    };
}
