using System.Buffers.Binary;
using System.Text;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// Strings of names that come again and again, so that reading an event does not allocate its type and its stream each time. A fixed number
/// of slots, the newest name wins its slot; races only cost an allocation.
/// </summary>
internal sealed class Names(int slots)
{
    public static Names Streams { get; } = new(32_768);

    public static Names Types { get; } = new(1_024);

    private readonly string?[] cache = new string?[slots];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        var slot = (int)(Mix(utf8) & (uint)(cache.Length - 1));
        var known = cache[slot];
        if (known is not null && Ascii.Equals(utf8, known)) return known;
        var name = Encoding.UTF8.GetString(utf8);
        cache[slot] = name;
        return name;
    }

    private static uint Mix(ReadOnlySpan<byte> utf8)
    {
        ulong mixed = (ulong)utf8.Length;
        if (utf8.Length >= 8)
            mixed ^= BinaryPrimitives.ReadUInt64LittleEndian(utf8) * 31 + BinaryPrimitives.ReadUInt64LittleEndian(utf8[^8..]);
        else
            foreach (var b in utf8) mixed = (mixed * 257) + b;
        return (uint)((mixed * 0x9E3779B97F4A7C15) >> 40);
    }
}
