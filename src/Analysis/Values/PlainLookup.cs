using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>
/// Looks a path up in an object that is written as nearly all are, without reading it token by token. What it can't be sure of, such as escapes in a name, is left to the general reader.
/// </summary>
internal static class PlainLookup
{
    /// <summary>Finds the value at a path.</summary>
    /// <param name="json">A valid JSON object.</param>
    /// <param name="path">The path.</param>
    /// <param name="from">Its first segment in this object.</param>
    /// <param name="value">The value; missing if there is none.</param>
    /// <returns>False if only the general reader can tell.</returns>
    public static bool TryFind(ReadOnlySpan<byte> json, PropertyPath path, int from, out PropertyValue value)
    {
        value = PropertyValue.Missing;
        return TryFind(json, path, from, out JsonField field) && TryRead(json, field, out value);
    }

    /// <summary>Finds where the value at a path lies.</summary>
    /// <param name="json">A valid JSON object.</param>
    /// <param name="path">The path.</param>
    /// <param name="from">Its first segment in this object.</param>
    /// <param name="field">Where; nowhere if there is none. Never a text with escapes.</param>
    /// <returns>False if only the general reader can tell.</returns>
    public static bool TryFind(ReadOnlySpan<byte> json, PropertyPath path, int from, out JsonField field)
    {
        field = default;
        if (!path.IsPlain) return false;
        for (var start = 0; ;)
        {
            if (!TryFindIn(json[start..], path, from, out field, out var nested, out var segments)) return false;
            if (segments == 0)
            {
                if (field.Type != JsonTokenType.None) field = field with { Start = start + field.Start };
                return true;
            }
            start += nested;
            from += segments;
        }
    }

    // Without the whole rest of the path, the object behind as much of it as possible: where it begins, and of how many segments that is; 0 = nothing leads deeper.
    private static bool TryFindIn(ReadOnlySpan<byte> json, PropertyPath path, int from, out JsonField field, out int nested, out int segments)
    {
        (field, nested, segments) = (default, 0, 0);
        var whole = path.Whole(from);
        var partial = path.Partial(from);
        var members = new MemberScan(json);
        while (members.TryNext())
        {
            if (!members.IsPlain) return false;
            if (members.IsNamed(whole))
            {
                segments = 0;
                return members.TryValue(out field);
            }
            for (var count = partial.Length; count > segments; count--)
            {
                if (!members.IsNamed(partial[count - 1])) continue;
                // A text with escapes is no object, either.
                if (members.TryValue(out var value) && value.Type == JsonTokenType.StartObject) (nested, segments) = (value.Start, count);
                break;
            }
        }
        return members.IsComplete;
    }

    private static bool TryRead(ReadOnlySpan<byte> json, JsonField field, out PropertyValue value)
    {
        var content = json.Slice(field.Start, field.Length);
        value = field.Type switch
        {
            JsonTokenType.Null => PropertyValue.Null,
            JsonTokenType.True => PropertyValue.Of(true),
            JsonTokenType.False => PropertyValue.Of(false),
            JsonTokenType.Number => NumberOf(content),
            JsonTokenType.String when Utf8.IsValid(content) => PropertyValue.Of(Encoding.UTF8.GetString(content)),
            _ => PropertyValue.Missing,
        };
        return value.Kind != PropertyKind.Missing || field.Type == JsonTokenType.None;
    }

    /// <summary>A number as a value; as a text if it is too large.</summary>
    internal static PropertyValue NumberOf(ReadOnlySpan<byte> utf8) =>
        FixedDecimal.TryParse(utf8, out var number) ? PropertyValue.Of(number) : PropertyValue.Of(Encoding.UTF8.GetString(utf8));
}
