using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EventSourcedAnalytics.Analysis.Folding;

/// <summary>Writes fold states compactly: whole numbers as variable-length, zigzag-encoded bytes, texts as length and UTF-8.</summary>
public sealed class StateWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(256);
    private StateWriter? inner;

    /// <summary>Another writer, always the same one, for a part whose length has to be written before it.</summary>
    public StateWriter Inner => inner ??= new StateWriter();

    /// <summary>What was written since the last <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    /// <summary>Starts over.</summary>
    public void Clear() => buffer.ResetWrittenCount();

    /// <summary>Writes a whole number in 1 to 10 bytes.</summary>
    public void Int64(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var span = buffer.GetSpan(10);
        var length = 0;
        for (; rest >= 0x80; rest >>= 7) span[length++] = (byte)(rest | 0x80);
        span[length++] = (byte)rest;
        buffer.Advance(length);
    }

    /// <summary>Writes a 128-bit number in 16 bytes.</summary>
    public void Int128(Int128 value)
    {
        BinaryPrimitives.WriteInt128LittleEndian(buffer.GetSpan(16), value);
        buffer.Advance(16);
    }

    /// <summary>Writes a truth value in one byte.</summary>
    public void Bool(bool value) => Int64(value ? 1 : 0);

    /// <summary>Writes a text; null is kept.</summary>
    public void Text(string? value)
    {
        if (value is null) { Int64(-1); return; }
        var length = Encoding.UTF8.GetByteCount(value);
        Int64(length);
        Encoding.UTF8.GetBytes(value, buffer.GetSpan(length));
        buffer.Advance(length);
    }

    /// <summary>Writes raw bytes with their length.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int64(value.Length);
        buffer.Write(value);
    }
}

/// <summary>Reads what a <see cref="StateWriter"/> wrote.</summary>
public ref struct StateReader
{
    private readonly ReadOnlySpan<byte> source;
    private int index;

    /// <summary>A reader at the start of some bytes.</summary>
    public StateReader(ReadOnlySpan<byte> source) => this.source = source;

    /// <summary>True if everything has been read.</summary>
    public readonly bool IsEnd => index >= source.Length;

    /// <summary>Bytes read so far.</summary>
    public readonly int Index => index;

    /// <summary>The bytes read since the reader stood at an index.</summary>
    public readonly ReadOnlySpan<byte> Since(int start) => source[start..index];

    /// <summary>Reads a whole number.</summary>
    public long Int64()
    {
        ulong result = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = source[index++];
            result |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return (long)(result >> 1) ^ -(long)(result & 1);
        }
    }

    /// <summary>Reads a whole number that fits 32 bits.</summary>
    public int Int32() => checked((int)Int64());

    /// <summary>Reads a 128-bit number.</summary>
    public Int128 Int128()
    {
        var value = BinaryPrimitives.ReadInt128LittleEndian(source[index..]);
        index += 16;
        return value;
    }

    /// <summary>Reads a truth value.</summary>
    public bool Bool() => Int64() != 0;

    /// <summary>Reads a text or null.</summary>
    public string? Text()
    {
        var length = Int32();
        if (length < 0) return null;
        var text = Encoding.UTF8.GetString(source.Slice(index, length));
        index += length;
        return text;
    }

    /// <summary>Reads raw bytes.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Int32();
        var bytes = source.Slice(index, length);
        index += length;
        return bytes;
    }
}
