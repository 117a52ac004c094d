using System.Numerics;
using System.Text;

namespace EventSourcedAnalytics.EventLog.Grpc;

/// <summary>A message that knows its own form on the wire.</summary>
internal interface IWireMessage
{
    /// <summary>Its bytes.</summary>
    int Size();

    /// <summary>Writes itself into a span of exactly its size.</summary>
    void Write(Span<byte> target);
}

/// <summary>Writes fields of Protocol Buffers, for messages that are too many for generated classes. Tags are those of one byte: field number and wire type.</summary>
internal ref struct WireWriter(Span<byte> target)
{
    private const byte KeyTag = 0x0a, ValueTag = 0x12;

    private Span<byte> rest = target;

    /// <summary>Bytes of a number.</summary>
    public static int VarintSize(ulong value) => ((BitOperations.Log2(value | 1) * 9) + 73) / 64;

    /// <summary>Bytes of a field with a content of so many bytes: tag, length, content.</summary>
    public static int SizeOf(int content) => 1 + VarintSize((ulong)content) + content;

    /// <summary>Bytes of an entry of a map of texts, without its own tag and length.</summary>
    public static int EntrySize(ReadOnlySpan<byte> key, int valueBytes) => SizeOf(key.Length) + SizeOf(valueBytes);

    /// <summary>Begins a field whose content is written next.</summary>
    public void Begin(byte tag, int bytes) => Number(tag, (ulong)bytes);

    public void Number(byte tag, ulong value)
    {
        rest[0] = tag;
        var at = 1;
        for (; value >= 0x80; value >>= 7) rest[at++] = (byte)(value | 0x80);
        rest[at++] = (byte)value;
        rest = rest[at..];
    }

    public void Bytes(byte tag, scoped ReadOnlySpan<byte> content)
    {
        Begin(tag, content.Length);
        content.CopyTo(rest);
        rest = rest[content.Length..];
    }

    /// <summary>Writes a text of so many bytes in UTF-8.</summary>
    public void Text(byte tag, string text, int bytes)
    {
        Begin(tag, bytes);
        rest = rest[Encoding.UTF8.GetBytes(text, rest)..];
    }

    /// <summary>Writes an entry of a map of texts.</summary>
    public void Entry(byte tag, scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> value)
    {
        Begin(tag, EntrySize(key, value.Length));
        Bytes(KeyTag, key);
        Bytes(ValueTag, value);
    }

    /// <summary>Writes an entry of a map of texts.</summary>
    public void Entry(byte tag, scoped ReadOnlySpan<byte> key, string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Begin(tag, EntrySize(key, bytes));
        Bytes(KeyTag, key);
        Text(ValueTag, value, bytes);
    }
}
