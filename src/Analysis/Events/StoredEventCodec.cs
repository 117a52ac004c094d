using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>
/// The stored form of an event: one JSON object in UTF-8, readable in any viewer of the log. Members: <c>v</c> (version of the form), <c>name</c>, <c>occurredAt</c>,
/// <c>receivedAt</c>, <c>messageId</c>, <c>userId</c> and/or <c>anonymousId</c>, <c>previousId</c>, <c>sessionId</c>, <c>sentAs</c> (the time as the sender wrote it, before
/// clock correction), <c>corrects</c> (the message id of the event that a correction is about), <c>properties</c>, <c>context</c>, <c>traits</c>. The kind of message is the log's event type; the position is the log's.
/// </summary>
public static class StoredEventCodec
{
    /// <summary>The version of the form that is written.</summary>
    public const int CurrentVersion = 1;

    private static readonly JsonEncodedText V = JsonEncodedText.Encode("v");
    private static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText OccurredAt = JsonEncodedText.Encode("occurredAt");
    private static readonly JsonEncodedText ReceivedAt = JsonEncodedText.Encode("receivedAt");
    private static readonly JsonEncodedText MessageId = JsonEncodedText.Encode("messageId");
    private static readonly JsonEncodedText UserId = JsonEncodedText.Encode("userId");
    private static readonly JsonEncodedText AnonymousId = JsonEncodedText.Encode("anonymousId");
    private static readonly JsonEncodedText PreviousId = JsonEncodedText.Encode("previousId");
    private static readonly JsonEncodedText SessionId = JsonEncodedText.Encode("sessionId");
    private static readonly JsonEncodedText SentAs = JsonEncodedText.Encode("sentAs");
    private static readonly JsonEncodedText Corrects = JsonEncodedText.Encode("corrects");
    private static readonly JsonEncodedText Properties = JsonEncodedText.Encode("properties");
    private static readonly JsonEncodedText Context = JsonEncodedText.Encode("context");
    private static readonly JsonEncodedText Traits = JsonEncodedText.Encode("traits");

    // Nothing here is ever put into a web page as it is, so letters of all languages stay readable.
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What a kept writer points at between two uses, so that it keeps no caller's buffer alive.
    private static readonly ArrayBufferWriter<byte> Nowhere = new(1);

    [ThreadStatic]
    private static Utf8JsonWriter? cachedWriter;

    /// <summary>The stored form of an event.</summary>
    /// <param name="e">The event; its objects must be valid JSON.</param>
    /// <param name="sentAs">The time as the sender wrote it, where it differs from <see cref="AnalyticsEvent.OccurredAt"/>.</param>
    public static byte[] Encode(AnalyticsEvent e, string? sentAs = null)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        Encode(e, buffer, sentAs);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the stored form of an event to a buffer.</summary>
    /// <param name="e">The event; its objects must be valid JSON.</param>
    /// <param name="target">Where to.</param>
    /// <param name="sentAs">The time as the sender wrote it, where it differs from <see cref="AnalyticsEvent.OccurredAt"/>.</param>
    public static void Encode(AnalyticsEvent e, IBufferWriter<byte> target, string? sentAs = null)
    {
        ArgumentNullException.ThrowIfNull(e);
        ArgumentNullException.ThrowIfNull(target);
        if (!PlainEncoder.TryEncode(e, target, sentAs)) EncodeAny(e, target, sentAs);
    }

    /// <summary>As <see cref="Encode(AnalyticsEvent, IBufferWriter{byte}, string?)"/>, whatever the texts hold.</summary>
    internal static void EncodeAny(AnalyticsEvent e, IBufferWriter<byte> target, string? sentAs)
    {
        var writer = cachedWriter ??= new Utf8JsonWriter(target, WriterOptions);
        writer.Reset(target);
        writer.WriteStartObject();
        writer.WriteNumber(V, CurrentVersion);
        writer.WriteString(Name, e.Name);
        WriteInstant(writer, OccurredAt, e.OccurredAt);
        WriteInstant(writer, ReceivedAt, e.ReceivedAt);
        writer.WriteString(MessageId, e.MessageId);
        var isUser = e.Customer.Kind == CustomerKind.User;
        if (isUser) writer.WriteString(UserId, e.Customer.Id);
        WriteText(writer, AnonymousId, isUser ? e.AnonymousId : e.Customer.Id);
        WriteText(writer, PreviousId, e.PreviousId);
        WriteText(writer, SessionId, e.SessionId);
        WriteText(writer, SentAs, sentAs);
        WriteText(writer, Corrects, e.Corrects);
        WriteObject(writer, Properties, e.Properties);
        WriteObject(writer, Context, e.Context);
        WriteObject(writer, Traits, e.Traits);
        writer.WriteEndObject();
        writer.Flush();
        writer.Reset(Nowhere);
    }

    /// <summary>
    /// Reads the stored form. Properties, context and traits stay slices of <paramref name="data"/>, which must not change afterwards.
    /// </summary>
    /// <param name="data">The body of the recorded event.</param>
    /// <param name="type">The log's event type, for example <c>track</c>.</param>
    /// <param name="position">The commit position.</param>
    /// <exception cref="FormatException">The bytes are no stored event, or were written by a newer version of the product.</exception>
    public static AnalyticsEvent Decode(ReadOnlyMemory<byte> data, string type, long position) => Decode(data, type, position, Upcasters.All);

    /// <summary>Whether somebody who looks at some activity only has to decode an event: it is no activity, or one of these, or it may be that it can't be read.</summary>
    /// <param name="data">The body of the recorded event.</param>
    /// <param name="type">The log's event type.</param>
    /// <param name="activities">Names of the activity wanted.</param>
    /// <returns>False if it is activity of another name, and certainly could be read.</returns>
    public static bool MayBeWanted(ReadOnlyMemory<byte> data, string type, IReadOnlySet<string> activities)
    {
        // What an upcaster makes of an event may have another name.
        if (Upcasters.All.Count > 0 || !EventTypes.TryParse(type, out var kind) || kind is not (EventType.Track or EventType.Page or EventType.Screen)) return true;
        return !CanonicalReader.IsOfAnotherName(data, activities);
    }

    internal static AnalyticsEvent Decode(ReadOnlyMemory<byte> data, string type, long position, IReadOnlyList<Upcaster> upcasters)
    {
        if (!EventTypes.TryParse(type, out var kind)) throw new FormatException($"An event of type '{type}' is no customer's event (position {position}).");
        try
        {
            var fields = default(StoredFields);
            if (!CanonicalReader.TryRead(data, ref fields))
            {
                fields = default;
                fields.Read(data);
            }
            if (fields.Version > CurrentVersion)
                throw new FormatException($"The event at position {position} has version {fields.Version}; this product reads up to {CurrentVersion}: upgrade it.");
            if (upcasters.Count == 0) return fields.ToEvent(kind, position);
            var lifted = Upcasters.Lift(upcasters, data, kind, fields.Name, fields.Version);
            if (lifted is not { } newer) return fields.ToEvent(kind, position);
            fields = default;
            fields.Read(newer);
            return fields.ToEvent(kind, position);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The event at position {position} is no stored event: {error.Message}", error);
        }
    }

    private static void WriteInstant(Utf8JsonWriter writer, JsonEncodedText name, long milliseconds)
    {
        Span<byte> text = stackalloc byte[Rfc3339.WrittenLength + 2];
        text[0] = text[^1] = (byte)'"';
        Rfc3339.Write(milliseconds, text[1..^1]);
        writer.WritePropertyName(name);
        writer.WriteRawValue(text, skipInputValidation: true);
    }

    private static void WriteText(Utf8JsonWriter writer, JsonEncodedText name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonEncodedText name, JsonObjectSlice value)
    {
        if (value.IsEmpty) return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
