using System.Text;
using System.Text.Unicode;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>
/// A text of an event: a string, or where its UTF-8 lies in the stored event. Most texts of most events are never asked for, so no string is made before.
/// </summary>
internal readonly struct EventText
{
    // A string, or the array of bytes; null = there is no text.
    private readonly object? source;
    private readonly int start;
    private readonly int length;

    public EventText(string? text) => source = text;

    public EventText(byte[] array, int start, int length) => (source, this.start, this.length) = (array, start, length);

    public bool IsNull => source is null;

    /// <summary>The text; null if there is none. A new string each time where it is not one already.</summary>
    public string? Value => source is byte[] array ? Encoding.UTF8.GetString(array, start, length) : (string?)source;

    /// <summary>The text as UTF-8, where it lies if it is stored like that; empty if there is none.</summary>
    public ReadOnlySpan<byte> Bytes => source is byte[] array && Utf8.IsValid(array.AsSpan(start, length))
        ? array.AsSpan(start, length)
        : Value is { } text ? Encoding.UTF8.GetBytes(text) : [];
}
