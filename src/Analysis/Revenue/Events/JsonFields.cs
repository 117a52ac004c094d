using System.Text.Json;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Finds several top-level keys in one pass and without allocating: revenue events are read for every fold and every question.</summary>
internal static class JsonFields
{
    /// <summary>Fills <paramref name="fields"/>, one entry a key; of a repeated key the first counts.</summary>
    /// <param name="json">A valid JSON object, or nothing.</param>
    /// <param name="keys">The keys, without quotes and backslashes.</param>
    /// <param name="fields">Takes the fields.</param>
    public static void Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte[]> keys, Span<JsonField> fields)
    {
        fields.Clear();
        if (json.Length <= 2 || TryFindPlain(json, keys, fields)) return;
        fields.Clear();
        FindByReader(json, keys, fields);
    }

    /// <summary>The same for any valid JSON, however it is written.</summary>
    internal static void FindByReader(ReadOnlySpan<byte> json, ReadOnlySpan<byte[]> keys, Span<JsonField> fields)
    {
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

    private static bool TryFindPlain(ReadOnlySpan<byte> json, ReadOnlySpan<byte[]> keys, Span<JsonField> fields)
    {
        var members = new MemberScan(json);
        var missing = keys.Length;
        while (missing > 0 && members.TryNext())
        {
            if (!members.IsPlain) return false;
            for (var i = 0; i < keys.Length; i++)
            {
                if (!members.IsNamed(keys[i])) continue;
                if (fields[i].Type != JsonTokenType.None) break;
                if (!members.TryValue(out fields[i])) return false;
                missing--;
                break;
            }
        }
        return missing == 0 || members.IsComplete;
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
