using System.Text;
using System.Text.Json;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>
/// What is known of a person at some moment: the merged traits of the identify events up to then. Immutable; later keys replace earlier ones.
/// </summary>
public sealed class Traits
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> values;

    private Traits(Dictionary<string, ReadOnlyMemory<byte>> values) => this.values = values;

    /// <summary>Nothing known yet.</summary>
    public static Traits Empty { get; } = new(new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal));

    /// <summary>Top-level keys and their JSON values.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Values => values;

    /// <summary>These traits with those of one more identify event merged in, key by key.</summary>
    public Traits With(JsonObjectSlice changes)
    {
        if (changes.IsEmpty) return this;
        var merged = new Dictionary<string, ReadOnlyMemory<byte>>(values, StringComparer.Ordinal);
        var reader = new Utf8JsonReader(changes.Utf8.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            // A copy: the event lies in a page of the log, far larger than the value, and this is kept for as long as the person is.
            merged[key] = changes.Utf8[start..(int)reader.BytesConsumed].ToArray();
        }
        return new Traits(merged);
    }

    /// <summary>The value at a path; a key with dots in it wins over nesting.</summary>
    public PropertyValue Find(PropertyPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        for (var count = path.Segments.Count; count > 0; count--)
        {
            var key = count == 1 ? path.Segments[0] : string.Join('.', path.Segments.Take(count));
            if (!values.TryGetValue(key, out var json)) continue;
            if (count < path.Segments.Count)
            {
                if (json.Span[0] == (byte)'{') return new JsonObjectSlice(json).FindFrom(path, count);
                continue;
            }
            var reader = new Utf8JsonReader(json.Span);
            reader.Read();
            return JsonObjectSlice.ReadValue(ref reader, json.Span);
        }
        return PropertyValue.Missing;
    }

    /// <summary>The traits as one JSON object, keys in ordinal order.</summary>
    public JsonObjectSlice ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(key);
                writer.WriteRawValue(value.Span, skipInputValidation: true);
            }
            writer.WriteEndObject();
        }
        return new JsonObjectSlice(buffer.ToArray());
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(ToJson().Utf8.Span);
}
