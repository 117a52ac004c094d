using System.Runtime.InteropServices;
using System.Text;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>
/// Reads a stored event that has exactly the shape the codec writes: members in its order, no blanks between them, no escapes in the texts. That is nearly every event,
/// and several times faster than a general JSON reader, which a replay of the whole log feels. Anything else is left to the general reader.
/// </summary>
internal ref struct CanonicalReader
{
    // In valid JSON, outside of texts, counting braces is enough to find an object's end.
    private static readonly System.Buffers.SearchValues<byte> Structure = System.Buffers.SearchValues.Create("\"{}"u8);

    private readonly ReadOnlyMemory<byte> data;
    private readonly ReadOnlySpan<byte> json;
    private readonly ArraySegment<byte> source;
    private int at;

    private CanonicalReader(ReadOnlyMemory<byte> data)
    {
        this.data = data;
        json = data.Span;
        // Memory that is no array may be gone when a text is asked for.
        MemoryMarshal.TryGetArray(data, out source);
    }

    /// <summary>Reads all members.</summary>
    /// <param name="data">The stored event.</param>
    /// <param name="fields">Takes the members.</param>
    /// <returns>False if the event has another shape; nothing is said about whether it is right.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> data, ref StoredFields fields) => new CanonicalReader(data).TryReadAll(ref fields);

    /// <summary>Whether an event has none of some names, and certainly can be read. Of one that has, no more than the name is looked at.</summary>
    public static bool IsOfAnotherName(ReadOnlyMemory<byte> data, IReadOnlySet<string> names)
    {
        var reader = new CanonicalReader(data);
        if (!reader.TryName(out var name) || names.Contains(NameCache.Get(name))) return false;
        var fields = default(StoredFields);
        return TryRead(data, ref fields) && !(fields.UserId.IsNull && fields.AnonymousId.IsNull);
    }

    private bool TryName(out ReadOnlySpan<byte> name)
    {
        name = default;
        return TrySkip("{\"v\":1,\"name\":\""u8) && TryText(out name);
    }

    private bool TryReadAll(ref StoredFields fields)
    {
        if (!TryName(out var name)) return false;
        if (!TrySkip(",\"occurredAt\":\""u8) || !TryInstant(out var occurredAt)) return false;
        if (!TrySkip(",\"receivedAt\":\""u8) || !TryInstant(out var receivedAt)) return false;
        if (!TrySkip(",\"messageId\":\""u8) || !TryText(out EventText messageId)) return false;
        fields.Version = 1;
        fields.Name = NameCache.Get(name);
        fields.OccurredAt = occurredAt;
        fields.ReceivedAt = receivedAt;
        fields.MessageId = messageId;
        return TryOptional(",\"userId\":\""u8, ref fields.UserId)
            && TryOptional(",\"anonymousId\":\""u8, ref fields.AnonymousId)
            && TryOptional(",\"previousId\":\""u8, ref fields.PreviousId)
            && TryOptional(",\"sessionId\":\""u8, ref fields.SessionId)
            && (!TrySkip(",\"sentAs\":\""u8) || TryText(out ReadOnlySpan<byte> _))
            && TryOptional(",\"properties\":"u8, ref fields.Properties)
            && TryOptional(",\"context\":"u8, ref fields.Context)
            && TryOptional(",\"traits\":"u8, ref fields.Traits)
            && TrySkip("}"u8) && at == json.Length;
    }

    private bool TrySkip(ReadOnlySpan<byte> expected)
    {
        if (!json[at..].StartsWith(expected)) return false;
        at += expected.Length;
        return true;
    }

    // The reader stands behind the opening quote and is left behind the closing one.
    private bool TryText(out ReadOnlySpan<byte> text)
    {
        var rest = json[at..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0 || rest[end] == (byte)'\\') { text = default; return false; }
        text = rest[..end];
        at += end + 1;
        return true;
    }

    private bool TryInstant(out long milliseconds)
    {
        milliseconds = 0;
        return TryText(out ReadOnlySpan<byte> text) && Rfc3339.TryParse(text, out milliseconds);
    }

    private bool TryText(out EventText text)
    {
        var start = at;
        var isRead = TryText(out ReadOnlySpan<byte> utf8);
        text = source.Array is { } array ? new EventText(array, source.Offset + start, utf8.Length) : new EventText(Encoding.UTF8.GetString(utf8));
        return isRead;
    }

    // True also if the member is not there.
    private bool TryOptional(ReadOnlySpan<byte> member, ref EventText value) => !TrySkip(member) || TryText(out value);

    private bool TryOptional(ReadOnlySpan<byte> member, ref string? value)
    {
        if (!TrySkip(member)) return true;
        if (!TryText(out ReadOnlySpan<byte> text)) return false;
        value = Encoding.UTF8.GetString(text);
        return true;
    }

    private bool TryOptional(ReadOnlySpan<byte> member, ref JsonObjectSlice value)
    {
        if (!TrySkip(member)) return true;
        if (at >= json.Length || json[at] != (byte)'{') return false;
        var start = at;
        if (JsonObjectEnd.TryFind(json[at..], out var length)) at += length;
        else if (!TrySkipObject()) return false;
        value = new JsonObjectSlice(data[start..at]);
        return true;
    }

    private bool TrySkipObject()
    {
        var depth = 0;
        do
        {
            var next = json[at..].IndexOfAny(Structure);
            if (next < 0) return false;
            at += next + 1;
            switch (json[at - 1])
            {
                case (byte)'{': depth++; break;
                case (byte)'}': depth--; break;
                default:
                    if (!TrySkipText()) return false;
                    break;
            }
        }
        while (depth > 0);
        return true;
    }

    private bool TrySkipText()
    {
        while (true)
        {
            var next = json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return false;
            at += next + 1;
            if (json[at - 1] == (byte)'"') return true;
            at++;
            if (at >= json.Length) return false;
        }
    }
}
