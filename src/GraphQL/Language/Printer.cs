using System.Globalization;
using System.Text;

namespace EventSourcedAnalytics.GraphQL.Language;

/// <summary>Writes values and types as GraphQL.</summary>
internal static class Printer
{
    public static string Print(ValueNode value) => value switch
    {
        VariableNode v => "$" + v.Name.Value,
        IntValueNode v => v.Value,
        FloatValueNode v => v.Value,
        StringValueNode { Block: true } v => BlockString.Print(v.Value),
        StringValueNode v => PrintString(v.Value),
        BooleanValueNode v => v.Value ? "true" : "false",
        NullValueNode => "null",
        EnumValueNode v => v.Value,
        ListValueNode v => "[" + string.Join(", ", v.Values.Select(Print)) + "]",
        ObjectValueNode v => "{" + string.Join(", ", v.Fields.Select(f => f.Name.Value + ": " + Print(f.Value))) + "}",
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    public static string Print(TypeNode type) => type switch
    {
        NamedTypeNode t => t.Name.Value,
        ListTypeNode t => "[" + Print(t.Type) + "]",
        NonNullTypeNode t => Print(t.Type) + "!",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>A quoted string with everything escaped that a GraphQL string can't hold.</summary>
    public static string PrintString(string value)
    {
        var text = new StringBuilder("\"", value.Length + 2);
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or (>= '\u007F' and <= '\u009F') => text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }
        return text.Append('"').ToString();
    }
}
