using System.Text.Json;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Takes a message's context out of its JSON and notes what the front door itself needs of it: the session, the consent, and whether there is an IP address.</summary>
internal static class ContextReader
{
    /// <summary>Reads the context that follows; the reader is left on its last token.</summary>
    public static JsonObjectSlice Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, Message message)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return default;
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            message.Fault(ErrorCodes.InvalidField, "context must be an object.", "context");
            return default;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadMember(ref reader, body, message);
        return new JsonObjectSlice(body[start..(int)reader.BytesConsumed]);
    }

    private static void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, Message message)
    {
        var name = reader.ValueSpan;
        if (reader.ValueIsEscaped && !StorableText.IsStorable(name))
            message.Fault(ErrorCodes.InvalidText, "context holds U+0000 or half of a surrogate pair; remove it.", "context");
        if (name.SequenceEqual("sessionId"u8))
        {
            // A session named beside the context is the more direct word.
            var session = MessageReader.ReadId(ref reader, message, "context.sessionId");
            message.SessionId ??= session;
            return;
        }
        var isConsent = name.SequenceEqual("consent"u8);
        message.HasIp |= name.SequenceEqual("ip"u8);
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) MessageReader.Walk(ref reader, message, "context");
        else if (reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped && !StorableText.IsStorable(reader.ValueSpan))
            message.Fault(ErrorCodes.InvalidText, "context holds U+0000 or half of a surrogate pair; remove it.", "context");
        if (isConsent) message.Consent = body[start..(int)reader.BytesConsumed];
    }
}
