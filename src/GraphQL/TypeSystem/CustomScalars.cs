using System.Globalization;
using System.Text.Json;
using System.Xml;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>Scalars beyond the specification's five, each of one C# type.</summary>
internal static class CustomScalars
{
    public static readonly ScalarType Long = new("Long", "A whole number of 64 bits, with sign.")
    {
        ParseLiteral = node => node is IntValueNode literal && long.TryParse(literal.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new GraphQLException($"Long cannot represent value: {Printer.Print(node)}"),
        ParseValue = json => json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var value)
            ? value
            : throw new GraphQLException($"Long cannot represent value: {Inspect.Json(json)}"),
        Serialize = value => value switch
        {
            long or int or short or byte or uint => value,
            _ => throw Long!.CannotSerialize(value),
        },
    };

    public static readonly ScalarType Decimal = new("Decimal", "An exact decimal number.")
    {
        ParseLiteral = node => (node switch { IntValueNode i => i.Value, FloatValueNode f => f.Value, _ => null }) is { } text
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new GraphQLException($"Decimal cannot represent value: {Printer.Print(node)}"),
        ParseValue = json => json.ValueKind == JsonValueKind.Number && json.TryGetDecimal(out var value)
            ? value
            : throw new GraphQLException($"Decimal cannot represent value: {Inspect.Json(json)}"),
        Serialize = value => value switch
        {
            decimal or int or long => value,
            _ => throw Decimal!.CannotSerialize(value),
        },
    };

    public static readonly ScalarType DateTime = Text("DateTime", "A point in time as RFC 3339, in UTC, such as 2026-01-31T12:00:00Z.",
        text => Rfc3339.TryParse(text, out var time) ? time : null,
        value => value switch
        {
            DateTimeOffset time => Rfc3339.Print(time),
            System.DateTime { Kind: DateTimeKind.Local } time => Rfc3339.Print(new DateTimeOffset(time)),
            // A time without a zone is UTC everywhere in this product.
            System.DateTime time => Rfc3339.Print(new DateTimeOffset(System.DateTime.SpecifyKind(time, DateTimeKind.Utc))),
            _ => null,
        },
        "https://scalars.graphql.org/andimarek/date-time.html");

    public static readonly ScalarType Date = Text("Date", "A day such as 2026-01-31.",
        text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null,
        value => (value as DateOnly?)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public static readonly ScalarType Duration = Text("Duration", "A length of time as ISO 8601, such as P7D or PT1H30M.",
        text => ParseDuration(text),
        value => value is TimeSpan span ? XmlConvert.ToString(span) : null);

    public static readonly ScalarType Uuid = Text("UUID", "A universally unique identifier.",
        text => Guid.TryParse(text, out var id) ? id : null,
        value => (value as Guid?)?.ToString());

    public static readonly ScalarType Json = new("JSON", "Any JSON value.")
    {
        ParseLiteral = AnyLiteral.ToJson,
        ParseValue = json => json.Clone(),
        Serialize = value => value is JsonElement or JsonDocument or System.Text.Json.Nodes.JsonNode ? value : throw Json!.CannotSerialize(value),
    };

    /// <summary>A scalar that is a string in JSON. The functions return null for what doesn't fit.</summary>
    private static ScalarType Text(string name, string description, Func<string, object?> parse, Func<object, string?> print, string? url = null) =>
        new(name, description)
        {
            SpecifiedByUrl = url,
            ParseLiteral = node => node is StringValueNode literal && parse(literal.Value) is { } value
                ? value
                : throw new GraphQLException($"{name} cannot represent value: {Printer.Print(node)}"),
            ParseValue = json => json.ValueKind == JsonValueKind.String && parse(json.GetString()!) is { } value
                ? value
                : throw new GraphQLException($"{name} cannot represent value: {Inspect.Json(json)}"),
            Serialize = value => print(value) ?? throw new InvalidOperationException($"{name} cannot represent value: {value} ({value.GetType().Name})"),
        };

    private static object? ParseDuration(string text)
    {
        // Years and months have no fixed length, so that a duration of them would mean different spans.
        var date = text.Split('T')[0];
        if (date.Contains('Y', StringComparison.Ordinal) || date.Contains('M', StringComparison.Ordinal))
            return null;
        if (date.EndsWith('W') && int.TryParse(date[(date.IndexOf('P', StringComparison.Ordinal) + 1)..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var weeks)
            && text.Length == date.Length && weeks < 1_000_000)
            return TimeSpan.FromDays(7 * (text[0] == '-' ? -weeks : weeks));
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }
}
