using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>What a request's body turned out to be.</summary>
internal abstract record Body
{
    private Body() { }

    /// <summary>Messages, good or bad.</summary>
    public sealed record Read(List<Message> Messages) : Body;

    /// <summary>Nothing can be taken from it.</summary>
    public sealed record Broken(string Code, string Message, long? BytePosition = null) : Body;
}

/// <summary>Takes a request's body apart.</summary>
internal static class BodyReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.MaxBodyDepth };

    /// <summary>Reads a batch (type null) or a single message of a type.</summary>
    public static Body Read(ReadOnlyMemory<byte> body, EventType? type)
    {
        if (FindBadUtf8(body.Span) is { } bad) return Malformed($"The body is no UTF-8 at byte {bad}.", bad);
        if ((type is null ? PlainBodies.TryReadBatch(body) : PlainBodies.TryReadOne(body, 0, type) is { } one ? [one] : null) is { } messages) return new Body.Read(messages);
        return ReadFully(body, type);
    }

    /// <summary>As <see cref="Read"/>, of UTF-8 for sure, whatever else it may be.</summary>
    internal static Body ReadFully(ReadOnlyMemory<byte> body, EventType? type)
    {
        var reader = new Utf8JsonReader(body.Span, Options);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return new Body.Broken(ErrorCodes.InvalidBody, "The body must be a JSON object.");
            var result = type is null ? ReadBatch(ref reader, body) : new Body.Read([MessageReader.Read(ref reader, body, 0, type)]);
            if (result is Body.Read) reader.Read();
            return result;
        }
        catch (JsonException error)
        {
            var position = Offset(body.Span, error);
            return Malformed($"The body is no JSON at byte {position}.", position);
        }
    }

    /// <summary>Reads one line of an import.</summary>
    public static Body ReadLine(ReadOnlyMemory<byte> line, int index)
    {
        if (FindBadUtf8(line.Span) is { } bad) return Malformed($"The line is no UTF-8 at byte {bad}.", bad);
        return PlainBodies.TryReadOne(line, index, type: null) is { } message ? new Body.Read([message]) : ReadLineFully(line, index);
    }

    /// <summary>As <see cref="ReadLine"/>, of UTF-8 for sure, whatever else it may be.</summary>
    internal static Body ReadLineFully(ReadOnlyMemory<byte> line, int index)
    {
        var reader = new Utf8JsonReader(line.Span, Options);
        try
        {
            reader.Read();
            var message = MessageReader.Read(ref reader, line, index, type: null);
            reader.Read();
            return new Body.Read([message]);
        }
        catch (JsonException error)
        {
            var position = Offset(line.Span, error);
            return Malformed($"The line is no JSON at byte {position}.", position);
        }
    }

    /// <summary>The write key that a body itself carries; null if it carries none, or is no JSON.</summary>
    public static string? FindWriteKey(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isKey = reader.ValueTextEquals("writeKey"u8);
                reader.Read();
                if (isKey) return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) { }
        return null;
    }

    private static Body ReadBatch(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        List<Message>? messages = null;
        // The members beside the array hold for all messages; they are read as if they were those of a message.
        var common = new Message { Index = -1 };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("batch"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.StartArray) return new Body.Broken(ErrorCodes.InvalidBody, "'batch' must be an array of messages.");
                messages = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    messages.Add(MessageReader.Read(ref reader, body, messages.Count, type: null));
                    if (messages.Count > Limits.MaxBatchEvents)
                        return new Body.Broken(ErrorCodes.TooManyEvents, $"The batch holds more than {Limits.MaxBatchEvents} events; split it.");
                }
            }
            else if (reader.ValueTextEquals("sentAt"u8)) common.SentAt = MessageReader.ReadInstant(ref reader, common, "sentAt", out _);
            else if (reader.ValueTextEquals("context"u8)) common.Context = ContextReader.Read(ref reader, body, common);
            else reader.Skip();
        }
        if (messages is null) return new Body.Broken(ErrorCodes.InvalidBody, "A batch needs the array 'batch'.");
        foreach (var message in messages) CommonMembers.Apply(common, message);
        return new Body.Read(messages);
    }

    private static Body.Broken Malformed(string message, long position) => new(ErrorCodes.MalformedJson, message, position);

    private static long? FindBadUtf8(ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text)) return null;
        var at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out var length) == System.Buffers.OperationStatus.Done) at += length;
        return at;
    }

    // The exception tells line and byte in the line; senders that write one line want the byte in the whole.
    private static long Offset(ReadOnlySpan<byte> text, JsonException error)
    {
        long start = 0;
        for (var line = error.LineNumber ?? 0; line > 0; line--)
        {
            var end = text[(int)start..].IndexOf((byte)'\n');
            if (end < 0) break;
            start += end + 1;
        }
        return start + (error.BytePositionInLine ?? 0);
    }
}
