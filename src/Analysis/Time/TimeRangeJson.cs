using System.Text.Json;
using System.Text.Json.Serialization;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Time;

/// <summary>A range as JSON: <c>{ "from": "2024-03-01T00:00:00.000Z", "to": "2024-03-31T23:59:59.999Z" }</c>, both ends inclusive.</summary>
public sealed class TimeRangeJson : JsonConverter<TimeRange>
{
    /// <inheritdoc/>
    public override TimeRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var range = document.RootElement;
        return range.ValueKind == JsonValueKind.Object ? new TimeRange(ReadInstant(range, "from"), ReadInstant(range, "to")) : throw new JsonException("A range is an object with 'from' and 'to'.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeRange value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("from", Instant.ToText(value.From));
        writer.WriteString("to", Instant.ToText(value.To));
        writer.WriteEndObject();
    }

    private static long ReadInstant(JsonElement range, string name) =>
        range.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String && Instant.TryParse(text.GetString()!, out var instant)
            ? instant
            : throw new JsonException($"A range needs '{name}', an RFC 3339 date and time.");
}
