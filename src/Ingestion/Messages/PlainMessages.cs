using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>
/// Takes messages out of their JSON as <see cref="MessageReader"/> does, at a third of the cost, if there is nothing to say about them: no fault, no escape in an id.
/// Nearly every message is like that. Of the others it says nothing at all; a test holds the two together.
/// </summary>
internal static class PlainMessages
{
    /// <summary>Reads the message that the scanner stands on.</summary>
    /// <returns>Null if it is not plain; where the scanner then stands says nothing.</returns>
    public static Message? TryRead(ref JsonScanner json, ReadOnlyMemory<byte> body, int index, EventType? type)
    {
        if (json.Next() != (byte)'{') return null;
        var start = json.At;
        var message = new Message { Index = index, Type = type };
        json.Step();
        for (var isFirst = true; json.Next() != (byte)'}'; isFirst = false)
        {
            if (!TryGoOn(ref json, isFirst) || !json.TryName(out var name, out _) || !TryMember(ref json, body, name, message, type is null)) return null;
        }
        json.Step();
        message.Raw = body[start..json.At];
        return message.Raw.Length > Limits.MaxEventBytes ? null : message;
    }

    /// <summary>Reads a context, as <see cref="ContextReader"/>.</summary>
    public static bool TryContext(ref JsonScanner json, ReadOnlyMemory<byte> body, Message message, out JsonObjectSlice context)
    {
        context = default;
        if (json.TryNull()) return true;
        if (json.Next() != (byte)'{') return false;
        var start = json.At;
        json.Step();
        for (var isFirst = true; json.Next() != (byte)'}'; isFirst = false)
        {
            if (!TryGoOn(ref json, isFirst) || !json.TryName(out var name, out _)) return false;
            if (name.SequenceEqual("sessionId"u8))
            {
                if (!TryId(ref json, out var session)) return false;
                message.SessionId ??= session;
                continue;
            }
            message.HasIp |= name.SequenceEqual("ip"u8);
            json.Next();
            var value = json.At;
            if (!json.TryValue()) return false;
            if (name.SequenceEqual("consent"u8)) message.Consent = body[value..json.At];
        }
        json.Step();
        context = new JsonObjectSlice(body[start..json.At]);
        return true;
    }

    /// <summary>Reads an instant or null.</summary>
    public static bool TryInstant(ref JsonScanner json, out long? instant, out ReadOnlySpan<byte> text)
    {
        instant = null;
        text = default;
        if (json.TryNull()) return true;
        if (!json.TryText(out text, out _) || !Rfc3339.TryParse(text, out var milliseconds)) return false;
        instant = milliseconds;
        return true;
    }

    /// <summary>Steps over the comma between two members or items.</summary>
    public static bool TryGoOn(ref JsonScanner json, bool isFirst)
    {
        if (isFirst) return true;
        if (json.Next() != (byte)',') return false;
        json.Step();
        return true;
    }

    private static bool TryMember(ref JsonScanner json, ReadOnlyMemory<byte> body, ReadOnlySpan<byte> name, Message message, bool readType)
    {
        var isTaken = name.Length switch
        {
            4 when readType && name.SequenceEqual("type"u8) => Take(TryName(ref json, out var text), message.Type = EventTypes.TryParseMessage(text, out var type) ? type : null),
            4 when name.SequenceEqual("name"u8) => Take(TryName(ref json, out var text), message.Name = text),
            5 when name.SequenceEqual("event"u8) => Take(TryName(ref json, out var text), message.Event = text),
            6 when name.SequenceEqual("userId"u8) => Take(TryId(ref json, out var id), message.UserId = id),
            6 when name.SequenceEqual("sentAt"u8) => Take(TryInstant(ref json, out var instant, out _), message.SentAt = instant),
            6 when name.SequenceEqual("traits"u8) => Take(TryObject(ref json, body, out var slice), message.Traits = slice),
            7 when name.SequenceEqual("context"u8) => Take(TryContext(ref json, body, message, out var slice), message.Context = slice),
            7 when name.SequenceEqual("groupId"u8) => Take(TryId(ref json, out var id), message.GroupId = id),
            8 when name.SequenceEqual("category"u8) => Take(TryName(ref json, out var text), message.Category = text),
            9 when name.SequenceEqual("messageId"u8) => Take(TryId(ref json, out var id), message.MessageId = id),
            9 when name.SequenceEqual("sessionId"u8) => Take(TryId(ref json, out var id), message.SessionId = id),
            9 when name.SequenceEqual("timestamp"u8) => Take(TryInstant(ref json, out var instant, out _), message.Timestamp = instant),
            10 when name.SequenceEqual("properties"u8) => Take(TryObject(ref json, body, out var slice), message.Properties = slice),
            10 when name.SequenceEqual("previousId"u8) => Take(TryId(ref json, out var id), message.PreviousId = id),
            11 when name.SequenceEqual("anonymousId"u8) => Take(TryId(ref json, out var id), message.AnonymousId = id),
            17 when name.SequenceEqual("originalTimestamp"u8) => TryOriginal(ref json, message),
            _ => json.TryValue(),
        };
        return isTaken;
    }

    // The second argument is the assignment, which is made either way: a message that is not plain is forgotten.
    private static bool Take<T>(bool isTaken, T _) => isTaken;

    private static bool TryOriginal(ref JsonScanner json, Message message)
    {
        if (!TryInstant(ref json, out var instant, out var text)) return false;
        message.OriginalTimestamp = instant;
        message.OriginalText = instant is null ? null : Encoding.UTF8.GetString(text);
        return true;
    }

    private static bool TryObject(ref JsonScanner json, ReadOnlyMemory<byte> body, out JsonObjectSlice slice)
    {
        slice = default;
        if (json.TryNull()) return true;
        if (json.Next() != (byte)'{') return false;
        var start = json.At;
        if (!json.TryValue()) return false;
        slice = new JsonObjectSlice(body[start..json.At]);
        return true;
    }

    private static bool TryId(ref JsonScanner json, out string? id)
    {
        id = null;
        if (json.TryNull()) return true;
        if (json.Next() != (byte)'"')
        {
            if (!json.TryNumber(out var number)) return false;
            id = Encoding.ASCII.GetString(number);
            return true;
        }
        if (!json.TryText(out var text, out var isEscaped) || isEscaped) return false;
        var all = Encoding.UTF8.GetString(text);
        id = string.IsNullOrWhiteSpace(all) ? null : all;
        return true;
    }

    private static bool TryName(ref JsonScanner json, out string? name)
    {
        name = null;
        if (json.TryNull()) return true;
        if (!json.TryText(out var text, out var isEscaped) || isEscaped) return false;
        name = text.IsEmpty ? null : NameCache.Get(text);
        return true;
    }
}
