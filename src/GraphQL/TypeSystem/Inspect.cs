using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>How error messages show a value that came as JSON: short, and without the depths of large ones.</summary>
internal static class Inspect
{
    private const int MaxItems = 10;
    private const int MaxDepth = 2;

    public static string Json(JsonElement value) => Json(value, 0);

    private static string Json(JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.String => String(value.GetString()!),
        JsonValueKind.Number => Number(value),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array => Array(value, depth),
        JsonValueKind.Object => Object(value, depth),
        _ => "null",
    };

    private static string Array(JsonElement value, int depth)
    {
        var length = value.GetArrayLength();
        if (length == 0)
            return "[]";
        if (depth >= MaxDepth)
            return "[Array]";
        var items = value.EnumerateArray().Take(MaxItems).Select(item => Json(item, depth + 1)).ToList();
        var more = length - items.Count;
        if (more > 0)
            items.Add(more == 1 ? "... 1 more item" : $"... {more} more items");
        return "[" + string.Join(", ", items) + "]";
    }

    private static string Object(JsonElement value, int depth)
    {
        if (!value.EnumerateObject().Any())
            return "{}";
        if (depth >= MaxDepth)
            return "[Object]";
        return "{ " + string.Join(", ", value.EnumerateObject().Select(p => p.Name + ": " + Json(p.Value, depth + 1))) + " }";
    }

    /// <summary>A number as ECMAScript writes it, since clients think in its numbers.</summary>
    public static string Number(JsonElement value)
    {
        if (value.TryGetInt64(out var integer) && Math.Abs((decimal)integer) < 1L << 53)
            return integer.ToString(CultureInfo.InvariantCulture);
        return value.TryGetDouble(out var number) ? Double(number) : value.GetRawText();
    }

    public static string Double(double number)
    {
        var magnitude = Math.Abs(number);
        if (number == Math.Truncate(number) && magnitude < 1e21)
            return number.ToString("F0", CultureInfo.InvariantCulture);
        if (magnitude is >= 1e-6 and < 1e21)
            return ((decimal)number == 0 ? number.ToString("R", CultureInfo.InvariantCulture) : Plain(number));
        return number.ToString("R", CultureInfo.InvariantCulture).Replace("E-0", "e-", StringComparison.Ordinal)
            .Replace("E+0", "e+", StringComparison.Ordinal).Replace('E', 'e');
    }

    /// <summary>A string as ECMAScript writes it in JSON, with nothing escaped that needn't be.</summary>
    public static string String(string value)
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
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }
        return text.Append('"').ToString();
    }

    private static string Plain(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal)
            ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : text;
    }
}
