using System.Text;
using System.Text.Json;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>
/// A JSON object as its UTF-8 bytes, looked into only when a path is asked for: most events are folded without most of their properties ever being touched.
/// </summary>
/// <param name="Utf8">One valid JSON object; empty = no object.</param>
public readonly record struct JsonObjectSlice(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>True if there is no object or nothing in it.</summary>
    public bool IsEmpty => Utf8.Length <= 2;

    /// <summary>An object from JSON text, for tests and tools.</summary>
    public static JsonObjectSlice FromText(string json) => new(Encoding.UTF8.GetBytes(json));

    /// <summary>The value at a path (its root is not looked at); <see cref="PropertyValue.Missing"/> if there is none.</summary>
    public PropertyValue Find(PropertyPath path) => FindFrom(path, 0);

    /// <summary>The value at the rest of a path from segment <paramref name="from"/> on.</summary>
    internal PropertyValue FindFrom(PropertyPath path, int from)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (IsEmpty) return PropertyValue.Missing;
        var json = Utf8.Span;
        return PlainLookup.TryFind(json, path, from, out PropertyValue value) ? value : FindByReader(json, path, from);
    }

    /// <summary>The same for any valid JSON, however it is written.</summary>
    internal static PropertyValue FindByReader(ReadOnlySpan<byte> json, PropertyPath path, int from)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return PropertyValue.Missing;
        var partial = path.Partial(from);
        var best = -1;
        ReadOnlySpan<byte> nested = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(path.Whole(from)))
            {
                reader.Read();
                return ReadValue(ref reader, json);
            }
            var match = Match(ref reader, partial);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            if (!isObject || match <= best) continue;
            best = match;
            nested = json[start..(int)reader.BytesConsumed];
        }
        return best < 0 ? PropertyValue.Missing : FindByReader(nested, path, from + best + 1);
    }

    private static int Match(ref Utf8JsonReader reader, byte[][] partial)
    {
        for (var i = partial.Length - 1; i >= 0; i--) if (reader.ValueTextEquals(partial[i])) return i;
        return -1;
    }

    /// <summary>The value the reader stands on; the reader is left at its last token.</summary>
    internal static PropertyValue ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return PropertyValue.Null;
            case JsonTokenType.True: return PropertyValue.Of(true);
            case JsonTokenType.False: return PropertyValue.Of(false);
            case JsonTokenType.String: return PropertyValue.Of(reader.GetString()!);
            case JsonTokenType.Number:
                return PlainLookup.NumberOf(reader.ValueSpan);
            default:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return PropertyValue.OfJson(Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]));
        }
    }
}
