using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>
/// Takes a body apart whose JSON is sound: message by message with <see cref="PlainMessages"/>, and those that are not plain with <see cref="MessageReader"/>. Of a body
/// that is unsound or unusual as a whole it says nothing; <see cref="BodyReader"/> then reads it from the start and tells what is wrong.
/// </summary>
internal static class PlainBodies
{
    // Inside a batch, two levels are open around a message.
    private static readonly JsonReaderOptions InBatch = new() { MaxDepth = Limits.MaxBodyDepth - 2 };

    private const int UsualMessages = 32;

    /// <summary>Reads a batch.</summary>
    /// <param name="body">UTF-8 for sure.</param>
    public static List<Message>? TryReadBatch(ReadOnlyMemory<byte> body)
    {
        var json = new JsonScanner(body.Span, 0);
        if (json.Next() != (byte)'{') return null;
        json.Step();
        List<Message>? messages = null;
        var common = new Message { Index = -1 };
        for (var isFirst = true; json.Next() != (byte)'}'; isFirst = false)
        {
            if (!PlainMessages.TryGoOn(ref json, isFirst) || !json.TryName(out var name, out var isEscaped) || isEscaped) return null;
            var isRead = name switch
            {
                _ when name.SequenceEqual("batch"u8) => TryReadMessages(ref json, body, out messages),
                _ when name.SequenceEqual("sentAt"u8) => TrySentAt(ref json, common),
                _ when name.SequenceEqual("context"u8) => TryContext(ref json, body, common),
                _ => json.TryValue(),
            };
            if (!isRead) return null;
        }
        json.Step();
        if (messages is null || json.Next() != 0 || json.At != body.Length) return null;
        foreach (var message in messages) CommonMembers.Apply(common, message);
        return messages;
    }

    /// <summary>Reads a message that stands alone: a request's, or a line's.</summary>
    /// <param name="body">UTF-8 for sure.</param>
    /// <param name="index">The message's number.</param>
    /// <param name="type">The kind that the address names; null = the message names it.</param>
    public static Message? TryReadOne(ReadOnlyMemory<byte> body, int index, EventType? type)
    {
        var json = new JsonScanner(body.Span, 0);
        var message = PlainMessages.TryRead(ref json, body, index, type);
        return message is not null && json.Next() == 0 && json.At == body.Length ? message : null;
    }

    private static bool TryReadMessages(ref JsonScanner json, ReadOnlyMemory<byte> body, out List<Message>? messages)
    {
        messages = new List<Message>(UsualMessages);
        if (json.Next() != (byte)'[') return false;
        json.Step();
        for (var isFirst = true; json.Next() != (byte)']'; isFirst = false)
        {
            if (!PlainMessages.TryGoOn(ref json, isFirst) || json.Next() != (byte)'{' || messages.Count == Limits.MaxBatchEvents) return false;
            var attempt = json;
            if (PlainMessages.TryRead(ref attempt, body, messages.Count, type: null) is { } plain) json = attempt;
            else if ((plain = TryReadFully(ref json, body[json.At..], messages.Count)) is null) return false;
            messages.Add(plain);
        }
        json.Step();
        return true;
    }

    private static Message? TryReadFully(ref JsonScanner json, ReadOnlyMemory<byte> rest, int index)
    {
        var reader = new Utf8JsonReader(rest.Span, InBatch);
        try
        {
            reader.Read();
            var message = MessageReader.Read(ref reader, rest, index, type: null);
            json.Step((int)reader.BytesConsumed);
            return message;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool TrySentAt(ref JsonScanner json, Message common)
    {
        if (!PlainMessages.TryInstant(ref json, out var instant, out _)) return false;
        common.SentAt = instant;
        return true;
    }

    private static bool TryContext(ref JsonScanner json, ReadOnlyMemory<byte> body, Message common)
    {
        if (!PlainMessages.TryContext(ref json, body, common, out var context)) return false;
        common.Context = context;
        return true;
    }
}
