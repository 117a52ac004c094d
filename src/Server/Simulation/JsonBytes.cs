using System.Buffers.Text;
using System.Text;

namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>
/// A growing buffer of JSON. It knows no nesting and escapes nothing: the simulation writes only texts of its own, which need no escape.
/// </summary>
internal sealed class JsonBytes
{
    /// <summary>Bytes of an instant as <see cref="Time(long)"/> writes it.</summary>
    internal const int TimeLength = 24;

    private byte[] buffer = new byte[4096];

    internal int Length { get; private set; }

    internal void Clear() => Length = 0;

    internal byte[] ToArray() => buffer.AsSpan(0, Length).ToArray();

    internal JsonBytes Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free(bytes.Length));
        Length += bytes.Length;
        return this;
    }

    internal JsonBytes Text(string text)
    {
        Length += Encoding.UTF8.GetBytes(text, Free(text.Length * 3));
        return this;
    }

    internal JsonBytes Number(long number)
    {
        Utf8Formatter.TryFormat(number, Free(20), out var written);
        Length += written;
        return this;
    }

    /// <summary>An amount in minor units as a decimal number: 1990 is 19.90.</summary>
    internal JsonBytes Money(long minorUnits)
    {
        Number(minorUnits / 100).Raw("."u8);
        return Digits(minorUnits % 100, 2);
    }

    internal JsonBytes Hex(ulong bits)
    {
        var free = Free(16);
        for (var i = 15; i >= 0; i--, bits >>= 4)
            free[i] = "0123456789abcdef"u8[(int)(bits & 15)];
        Length += 16;
        return this;
    }

    /// <summary>An instant in milliseconds since the Unix epoch, as <c>2024-01-10T13:00:00.000Z</c>.</summary>
    internal JsonBytes Time(long milliseconds)
    {
        WriteTime(Free(TimeLength), milliseconds);
        Length += TimeLength;
        return this;
    }

    internal static void WriteTime(Span<byte> to, long milliseconds)
    {
        var time = DateTime.UnixEpoch.AddMilliseconds(milliseconds);
        "0000-00-00T00:00:00.000Z"u8.CopyTo(to);
        PutDigits(to[..4], time.Year);
        PutDigits(to[5..7], time.Month);
        PutDigits(to[8..10], time.Day);
        PutDigits(to[11..13], time.Hour);
        PutDigits(to[14..16], time.Minute);
        PutDigits(to[17..19], time.Second);
        PutDigits(to[20..23], time.Millisecond);
    }

    private JsonBytes Digits(long number, int count)
    {
        PutDigits(Free(count)[..count], number);
        Length += count;
        return this;
    }

    private static void PutDigits(Span<byte> to, long number)
    {
        for (var i = to.Length - 1; i >= 0; i--, number /= 10)
            to[i] = (byte)('0' + number % 10);
    }

    private Span<byte> Free(int count)
    {
        if (buffer.Length - Length < count)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + count));
        return buffer.AsSpan(Length);
    }
}
