using System.Numerics;
using System.Text.Json;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>
/// Goes through an object's own members, 64 bytes at a time, without reading their values: as bits, what lies between an odd quote and the next one is text, and outside of texts
/// each colon where one bracket is open ends the name of one member. Nothing is checked: what is read is known to be valid JSON.
/// </summary>
/// <param name="json">Begins with an object; what follows that is not looked at.</param>
internal ref struct MemberScan(ReadOnlySpan<byte> json)
{
    // JSON's brackets come in pairs that differ in this bit only.
    private const byte BracketBit = 0x20;

    private readonly ReadOnlySpan<byte> json = json;
    private int block = -ByteBits.Block;
    private ulong colons;
    private ulong quotes;
    private ulong backslashes;
    private ulong isInText;
    private bool isNextEscaped;
    private bool hasEscapes;
    private int depth;

    /// <summary>True once the object ended: it has no members but those that were gone through.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Where the colon of the present member is.</summary>
    public int Colon { get; private set; }

    /// <summary>Goes to the next member.</summary>
    /// <returns>False if there is none, or the object has no end.</returns>
    public bool TryNext()
    {
        while (colons == 0)
        {
            if (IsComplete || json.Length - block <= ByteBits.Block) return false;
            block += ByteBits.Block;
            var rest = json.Length - block;
            if (rest >= ByteBits.Block) Read(json.Slice(block, ByteBits.Block), 0);
            else if (block > 0) Read(json[^ByteBits.Block..], ByteBits.Block - rest);
            else ReadShort();
        }
        Colon = block + BitOperations.TrailingZeroCount(colons);
        colons &= colons - 1;
        return true;
    }

    /// <summary>True if the present member's name is written as it is, without escapes, and its colon follows at once. Only then <see cref="IsNamed"/> can tell.</summary>
    public readonly bool IsPlain => json[Colon - 1] == (byte)'"' && (!hasEscapes || !IsEscaped());

    /// <summary>Whether the present member, a plain one, has this name.</summary>
    /// <param name="name">Without quotes and backslashes.</param>
    public readonly bool IsNamed(ReadOnlySpan<byte> name)
    {
        var start = Colon - 1 - name.Length;
        return start > 0 && json[start - 1] == (byte)'"' && json.Slice(start, name.Length).SequenceEqual(name);
    }

    /// <summary>Finds the present member's value.</summary>
    /// <returns>False if it is a text with escapes, or nothing.</returns>
    public readonly bool TryValue(out JsonField value)
    {
        var at = Colon + 1;
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') at++;
        var rest = at < json.Length ? json[at..] : "\0"u8;
        var (type, length) = rest[0] switch
        {
            (byte)'"' => (JsonTokenType.String, rest[1..].IndexOfAny((byte)'"', (byte)'\\')),
            (byte)'n' => (JsonTokenType.Null, 4),
            (byte)'t' => (JsonTokenType.True, 4),
            (byte)'f' => (JsonTokenType.False, 5),
            (byte)'{' => (JsonTokenType.StartObject, 1),
            (byte)'[' => (JsonTokenType.StartArray, 1),
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => (JsonTokenType.Number, NumberLength(rest)),
            _ => (JsonTokenType.None, 0),
        };
        if (type == JsonTokenType.String) at++;
        value = new JsonField(type, at, length, IsEscaped: false);
        if (type == JsonTokenType.String) return length >= 0 && json[at + length] == (byte)'"';
        return type != JsonTokenType.None && length <= rest.Length;
    }

    // Whether the present member's name has a backslash in it.
    private readonly bool IsEscaped()
    {
        var closing = Colon - block - 1;
        var before = closing > 0 ? (1UL << closing) - 1 : 0;
        if ((quotes & before) != 0) return (backslashes & before) >> BitOperations.Log2(quotes & before) != 0;
        // It begins in another block. A quote inside of a text is escaped itself.
        var start = json[..(Colon - 1)].LastIndexOfAny((byte)'"', (byte)'\\');
        return start <= 0 || json[start] != (byte)'"' || json[start - 1] == (byte)'\\';
    }

    private static int NumberLength(ReadOnlySpan<byte> rest)
    {
        var length = 1;
        while (length < rest.Length && rest[length] is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' or (byte)'+' or (byte)'e' or (byte)'E') length++;
        return length;
    }

    private void ReadShort()
    {
        Span<byte> all = stackalloc byte[ByteBits.Block];
        json.CopyTo(all);
        Read(all, 0);
    }

    // The first bytes may have been read with the block before.
    private void Read(scoped ReadOnlySpan<byte> bytes, int known)
    {
        quotes = ByteBits.Of(bytes, (byte)'"') >> known;
        backslashes = ByteBits.Of(bytes, (byte)'\\') >> known;
        if (backslashes != 0 || isNextEscaped)
        {
            quotes &= ~ByteBits.Escaped(backslashes, ref isNextEscaped);
            hasEscapes = true;
        }
        var text = ByteBits.Spread(quotes) ^ isInText;
        isInText = (ulong)((long)text >> 63);
        var opening = (ByteBits.Of(bytes, (byte)'{', BracketBit) >> known) & ~text;
        var closing = (ByteBits.Of(bytes, (byte)'}', BracketBit) >> known) & ~text;
        var own = (opening | closing) != 0 ? OwnBytes(opening, closing) : depth == 1 ? ulong.MaxValue : 0;
        if (own != 0) colons = (ByteBits.Of(bytes, (byte)':') >> known) & ~text & own;
    }

    // The bytes of a block where only the object itself is open.
    private ulong OwnBytes(ulong opening, ulong closing)
    {
        var (own, before) = (0UL, 0UL);
        for (var left = opening | closing; left != 0; left &= left - 1)
        {
            var bracket = left & (~left + 1);
            if (depth == 1) own |= (bracket - 1) & ~before;
            before = bracket - 1;
            depth += (opening & bracket) != 0 ? 1 : -1;
            if (depth > 0) continue;
            IsComplete = true;
            return own;
        }
        return depth == 1 ? own | ~before : own;
    }
}
