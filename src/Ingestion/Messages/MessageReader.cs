using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Takes a message out of its JSON. The properties are walked through once, to find their end and texts that can't be stored, and are not looked at otherwise.</summary>
internal static class MessageReader
{
    /// <summary>Reads the message that the reader stands on; the reader is left on its last token.</summary>
    /// <param name="reader">Over <paramref name="body"/>, at the message's first token.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="index">The message's number in the request.</param>
    /// <param name="type">The kind that the address names; null = the message names it.</param>
    /// <exception cref="JsonException">The body breaks inside the message.</exception>
    public static Message Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, int index, EventType? type)
    {
        var message = new Message { Index = index, Type = type };
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            message.Fault(ErrorCodes.NotAnObject, "A message must be a JSON object.");
        }
        else
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadMember(ref reader, body, message, type is null);
        }
        message.Raw = body[start..(int)reader.BytesConsumed];
        if (message.Raw.Length > Limits.MaxEventBytes)
            message.Fault(ErrorCodes.EventTooLarge, $"The message has {message.Raw.Length} bytes; at most {Limits.MaxEventBytes} are allowed.");
        return message;
    }

    // The lengths of the names tell most of them apart, so that at most a few comparisons are made for a member.
    private static void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, Message message, bool readType)
    {
        var name = reader.ValueSpan;
        switch (name.Length)
        {
            case 4 when readType && name.SequenceEqual("type"u8): message.Type = ReadType(ref reader, message); break;
            case 4 when name.SequenceEqual("name"u8): message.Name = ReadName(ref reader, message, "name"); break;
            case 5 when name.SequenceEqual("event"u8): message.Event = ReadName(ref reader, message, "event"); break;
            case 6 when name.SequenceEqual("userId"u8): message.UserId = ReadId(ref reader, message, "userId"); break;
            case 6 when name.SequenceEqual("sentAt"u8): message.SentAt = ReadInstant(ref reader, message, "sentAt", out _); break;
            case 6 when name.SequenceEqual("traits"u8): message.Traits = ReadObject(ref reader, body, message, "traits"); break;
            case 7 when name.SequenceEqual("context"u8): message.Context = ContextReader.Read(ref reader, body, message); break;
            case 7 when name.SequenceEqual("groupId"u8): message.GroupId = ReadId(ref reader, message, "groupId"); break;
            case 8 when name.SequenceEqual("category"u8): message.Category = ReadName(ref reader, message, "category"); break;
            case 9 when name.SequenceEqual("messageId"u8): message.MessageId = ReadId(ref reader, message, "messageId"); break;
            case 9 when name.SequenceEqual("sessionId"u8): message.SessionId = ReadId(ref reader, message, "sessionId"); break;
            case 9 when name.SequenceEqual("timestamp"u8): message.Timestamp = ReadInstant(ref reader, message, "timestamp", out _); break;
            case 10 when name.SequenceEqual("properties"u8): message.Properties = ReadObject(ref reader, body, message, "properties"); break;
            case 10 when name.SequenceEqual("previousId"u8): message.PreviousId = ReadId(ref reader, message, "previousId"); break;
            case 11 when name.SequenceEqual("anonymousId"u8): message.AnonymousId = ReadId(ref reader, message, "anonymousId"); break;
            case 17 when name.SequenceEqual("originalTimestamp"u8):
                message.OriginalTimestamp = ReadInstant(ref reader, message, "originalTimestamp", out var text);
                message.OriginalText = text;
                break;
            default: reader.Skip(); break;
        }
    }

    /// <summary>The text or number that follows, as text; blank counts as missing.</summary>
    public static string? ReadId(ref Utf8JsonReader reader, Message message, string field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) return Encoding.ASCII.GetString(reader.ValueSpan);
        var text = ReadText(ref reader, message, field);
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private static string? ReadName(ref Utf8JsonReader reader, Message message, string field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped) return reader.ValueSpan.IsEmpty ? null : NameCache.Get(reader.ValueSpan);
        return ReadText(ref reader, message, field);
    }

    private static string? ReadText(ref Utf8JsonReader reader, Message message, string field)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return null;
            case JsonTokenType.String:
                if (!reader.ValueIsEscaped || StorableText.IsStorable(reader.ValueSpan)) return reader.GetString();
                message.Fault(ErrorCodes.InvalidText, $"{field} holds U+0000 or half of a surrogate pair; remove it.", field);
                return null;
            default:
                reader.Skip();
                message.Fault(ErrorCodes.InvalidField, $"{field} must be a text.", field);
                return null;
        }
    }

    private static EventType? ReadType(ref Utf8JsonReader reader, Message message)
    {
        reader.Read();
        return EventTypes.TryParseMessage(ReadText(ref reader, message, "type"), out var type) ? type : null;
    }

    internal static long? ReadInstant(ref Utf8JsonReader reader, Message message, string field, out string? text)
    {
        reader.Read();
        text = null;
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.String && Rfc3339.TryParse(reader.ValueSpan, out var result))
        {
            if (field == "originalTimestamp") text = reader.GetString();
            return result;
        }
        reader.Skip();
        message.Fault(ErrorCodes.TimestampInvalid, $"{field} must be RFC 3339, for example 2024-01-10T13:00:00.000Z.", field);
        return null;
    }

    private static JsonObjectSlice ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, Message message, string field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return default;
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            message.Fault(ErrorCodes.InvalidField, $"{field} must be an object.", field);
            return default;
        }
        Walk(ref reader, message, field);
        return new JsonObjectSlice(body[start..(int)reader.BytesConsumed]);
    }

    /// <summary>Goes on to the end of the object or array that the reader stands on, and looks at every text and the depth.</summary>
    internal static void Walk(ref Utf8JsonReader reader, Message message, string field)
    {
        var depth = reader.CurrentDepth;
        bool isDeep = false, isBroken = false;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped:
                    isBroken |= !StorableText.IsStorable(reader.ValueSpan);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    isDeep |= reader.CurrentDepth - depth >= Limits.MaxObjectDepth;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray when reader.CurrentDepth == depth:
                    if (isDeep) message.Fault(ErrorCodes.TooDeep, $"{field} is nested deeper than {Limits.MaxObjectDepth} levels.", field);
                    if (isBroken) message.Fault(ErrorCodes.InvalidText, $"{field} holds U+0000 or half of a surrogate pair; remove it.", field);
                    return;
            }
        }
    }
}
