using System.Text.Json;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>The members of a stored event, gathered in one pass over its JSON, in whatever order they come.</summary>
internal struct StoredFields
{
    public int Version;
    public string? Name;
    public long? OccurredAt;
    public long? ReceivedAt;
    public EventText MessageId;
    public EventText UserId;
    public EventText AnonymousId;
    public string? PreviousId;
    public EventText SessionId;
    public string? Corrects;
    public JsonObjectSlice Properties;
    public JsonObjectSlice Context;
    public JsonObjectSlice Traits;

    public void Read(ReadOnlyMemory<byte> data)
    {
        var reader = new Utf8JsonReader(data.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new FormatException("A stored event must be a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadMember(ref reader, data);
    }

    public readonly AnalyticsEvent ToEvent(EventType type, long position)
    {
        if (UserId.IsNull && AnonymousId.IsNull) throw Missing("userId or anonymousId", position);
        var name = Name ?? throw Missing("name", position);
        var at = (OccurredAt ?? throw Missing("occurredAt", position), ReceivedAt ?? throw Missing("receivedAt", position));
        if (MessageId.IsNull) throw Missing("messageId", position);
        return new AnalyticsEvent(type, name, at, UserId.IsNull ? CustomerKind.Anonymous : CustomerKind.User, this)
        {
            PreviousId = PreviousId,
            Corrects = type is EventType.Voided or EventType.Amended ? Corrects ?? throw Missing("corrects", position) : null,
            Properties = Properties,
            Context = Context,
            Traits = Traits,
            SchemaVersion = Version,
            Position = position,
        };
    }

    // The lengths of the names tell most of them apart, so that at most two comparisons are made for a member.
    private void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> data)
    {
        var name = reader.ValueSpan;
        switch (name.Length)
        {
            case 1 when name[0] == (byte)'v': reader.Read(); Version = reader.GetInt32(); break;
            case 4 when name.SequenceEqual("name"u8): reader.Read(); Name = NameCache.Get(ref reader); break;
            case 6 when name.SequenceEqual("userId"u8): UserId = new EventText(ReadText(ref reader)); break;
            case 6 when name.SequenceEqual("traits"u8): Traits = ReadObject(ref reader, data); break;
            case 7 when name.SequenceEqual("context"u8): Context = ReadObject(ref reader, data); break;
            case 8 when name.SequenceEqual("corrects"u8): Corrects = ReadText(ref reader); break;
            case 9 when name.SequenceEqual("messageId"u8): MessageId = new EventText(ReadText(ref reader)); break;
            case 9 when name.SequenceEqual("sessionId"u8): SessionId = new EventText(ReadText(ref reader)); break;
            case 10 when name.SequenceEqual("occurredAt"u8): OccurredAt = ReadInstant(ref reader); break;
            case 10 when name.SequenceEqual("receivedAt"u8): ReceivedAt = ReadInstant(ref reader); break;
            case 10 when name.SequenceEqual("previousId"u8): PreviousId = ReadText(ref reader); break;
            case 10 when name.SequenceEqual("properties"u8): Properties = ReadObject(ref reader, data); break;
            case 11 when name.SequenceEqual("anonymousId"u8): AnonymousId = new EventText(ReadText(ref reader)); break;
            default: reader.Skip(); break;
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    private static long ReadInstant(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String || !Rfc3339.TryParse(reader.ValueSpan, out var result))
            throw new FormatException("A stored event's times must be RFC 3339 texts.");
        return result;
    }

    private static JsonObjectSlice ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> data)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return default;
        if (reader.TokenType != JsonTokenType.StartObject) throw new FormatException("A stored event's properties, context and traits must be JSON objects.");
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new JsonObjectSlice(data[start..(int)reader.BytesConsumed]);
    }

    private static FormatException Missing(string member, long position) => new($"The event at position {position} has no {member}.");
}
