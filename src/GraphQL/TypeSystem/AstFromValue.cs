using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>A coerced value written as the GraphQL literal it came from, for default values in the schema.</summary>
internal static class AstFromValue
{
    public static string Print(object? value, GraphQLType type) => (type, value) switch
    {
        (NonNullType t, _) => Print(value, t.OfType),
        (_, null) => "null",
        (ListType t, IEnumerable<object?> items) => "[" + string.Join(", ", items.Select(item => Print(item, t.OfType))) + "]",
        (ListType t, _) => Print(value, t.OfType),
        (EnumType t, _) => t.Serialize(value),
        (InputObjectType t, IReadOnlyDictionary<string, object?> fields) => "{" + string.Join(", ",
            t.Fields.Where(f => fields.ContainsKey(f.Name)).Select(f => f.Name + ": " + Print(fields[f.Name], f.Type))) + "}",
        (ScalarType t, _) => PrintScalar(t.Serialize(value), ReferenceEquals(t, Scalars.ID)),
        _ => throw new InvalidOperationException($"{value} is no value of {type}."),
    };

    private static string PrintScalar(object value, bool isId) => value switch
    {
        bool b => b ? "true" : "false",
        double d => Inspect.Double(d),
        string s when isId && IsInteger(s) => s,
        string s => Printer.PrintString(s),
        JsonElement json => PrintJson(json),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"{value} can't be written as a literal."),
    };

    private static bool IsInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number.ToString(CultureInfo.InvariantCulture) == text;

    private static string PrintJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Printer.PrintString(json.GetString()!),
        JsonValueKind.Array => "[" + string.Join(", ", json.EnumerateArray().Select(PrintJson)) + "]",
        JsonValueKind.Object => "{" + string.Join(", ", json.EnumerateObject().Select(p => p.Name + ": " + PrintJson(p.Value))) + "}",
        _ => json.GetRawText(),
    };
}
