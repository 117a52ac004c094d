using System.Text;
using System.Text.Json;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Where the value of one top-level key lies in a JSON object.</summary>
/// <param name="Type">Its token; <see cref="JsonTokenType.None"/> if the key is missing.</param>
/// <param name="Start">First byte of its content, behind the quote of a text.</param>
/// <param name="Length">Bytes of its content.</param>
/// <param name="IsEscaped">True for a text with backslashes in it.</param>
internal readonly record struct JsonField(JsonTokenType Type, int Start, int Length, bool IsEscaped)
{
    public bool IsSet => Type is not (JsonTokenType.None or JsonTokenType.Null);

    public bool IsScalar => Type is JsonTokenType.String or JsonTokenType.Number;

    /// <summary>The content of a text or number as UTF-8.</summary>
    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> json)
    {
        var content = json.Slice(Start, Length);
        return IsEscaped ? Encoding.UTF8.GetBytes(Unescape(json)) : content;
    }

    private string Unescape(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json.Slice(Start - 1, Length + 2));
        reader.Read();
        return reader.GetString()!;
    }
}

/// <summary>Finds several top-level keys in one pass and without allocating: revenue events are read for every fold and every question.</summary>
internal static class JsonFields
{
    /// <summary>Fills <paramref name="fields"/>, one entry a key; of a repeated key the first counts.</summary>
    public static void Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte[]> keys, Span<JsonField> fields)
    {
        fields.Clear();
        if (json.Length <= 2) return;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var missing = keys.Length;
        while (missing > 0 && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = IndexOf(ref reader, keys);
            reader.Read();
            if (key >= 0 && fields[key].Type == JsonTokenType.None)
            {
                fields[key] = FieldAt(ref reader);
                missing--;
            }
            reader.Skip();
        }
    }

    private static int IndexOf(ref Utf8JsonReader reader, ReadOnlySpan<byte[]> keys)
    {
        for (var i = 0; i < keys.Length; i++) if (reader.ValueTextEquals(keys[i])) return i;
        return -1;
    }

    private static JsonField FieldAt(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex + (reader.TokenType == JsonTokenType.String ? 1 : 0);
        return new JsonField(reader.TokenType, start, reader.ValueSpan.Length, reader.ValueIsEscaped);
    }
}
