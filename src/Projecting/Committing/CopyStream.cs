using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>
/// Rows on their way into a table in PostgreSQL's binary form of COPY. A rebuild writes millions of small values, and made here, in a buffer of many rows, they cost a fraction of what
/// it takes to ask for the type of each.
/// </summary>
internal sealed class CopyStream : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;
    private const ushort NegativeSign = 0x4000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly NpgsqlRawCopyStream stream;
    private readonly short columns;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int used;
    private bool isComplete;

    private CopyStream(NpgsqlRawCopyStream stream, short columns) => (this.stream, this.columns) = (stream, columns);

    /// <summary>Begins to copy rows; nothing of it is there unless <see cref="CompleteAsync"/> succeeds.</summary>
    /// <param name="connection">The connection; it does nothing else meanwhile.</param>
    /// <param name="into">The table with its columns, as SQL.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<CopyStream> BeginAsync(NpgsqlConnection connection, string into, short columns, CancellationToken cancellationToken)
    {
        var copy = new CopyStream(await connection.BeginRawBinaryCopyAsync($"copy {into} from stdin (format binary)", cancellationToken), columns);
        copy.Put(Header);
        return copy;
    }

    /// <summary>The next row; each of its columns is written then, in their order.</summary>
    public void StartRow()
    {
        // Between rows, and synchronously: nearly every call only fills a buffer.
        if (used >= BufferBytes) Flush();
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), columns);
    }

    /// <summary>An <c>int</c>.</summary>
    public void Write(int value) => BinaryPrimitives.WriteInt32BigEndian(Value(sizeof(int)), value);

    /// <summary>A <c>bigint</c>, or what has its form: a <c>timestamptz</c> in microseconds since 2000.</summary>
    public void Write(long value) => BinaryPrimitives.WriteInt64BigEndian(Value(sizeof(long)), value);

    /// <summary>A <c>uuid</c>.</summary>
    public void Write(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(Value(16), value);

    /// <summary>A <c>bytea</c>, or what has its form: a <c>text</c> in UTF-8.</summary>
    public void Write(ReadOnlySpan<byte> value) => value.CopyTo(Value(value.Length));

    /// <summary>A <c>text</c>.</summary>
    public void Write(string value) => Utf8.GetBytes(value, Value(Utf8.GetByteCount(value)));

    /// <summary>A <c>numeric</c> without a fraction: its digits to the base of 10,000, the highest first.</summary>
    public void Write(Int128 value)
    {
        Span<short> digits = stackalloc short[10];
        var first = digits.Length;
        for (var rest = Int128.Abs(value); rest > 0; rest /= 10_000) digits[--first] = (short)(rest % 10_000);
        digits = digits[first..];
        var room = Value((4 + digits.Length) * sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(room, (short)digits.Length);
        BinaryPrimitives.WriteInt16BigEndian(room[2..], (short)Math.Max(0, digits.Length - 1));
        BinaryPrimitives.WriteUInt16BigEndian(room[4..], value < 0 ? NegativeSign : (ushort)0);
        BinaryPrimitives.WriteInt16BigEndian(room[6..], 0);
        for (var i = 0; i < digits.Length; i++) BinaryPrimitives.WriteInt16BigEndian(room[(8 + (2 * i))..], digits[i]);
    }

    /// <summary>Ends the copying: all rows are in the table, as far as the transaction goes.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), -1);
        await stream.WriteAsync(buffer.AsMemory(0, used), cancellationToken);
        used = 0;
        isComplete = true;
        await stream.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!isComplete) await GiveUpAsync();
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref buffer, []));
    }

    // Whatever it says, what went wrong before says more.
    private Task GiveUpAsync() => stream.CancelAsync().ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private Span<byte> Value(int bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(sizeof(int)), bytes);
        return Room(bytes);
    }

    private Span<byte> Room(int bytes)
    {
        if (buffer.Length - used < bytes) Grow(bytes);
        used += bytes;
        return buffer.AsSpan(used - bytes, bytes);
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * buffer.Length, used + bytes));
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    private void Flush()
    {
        stream.Write(buffer.AsSpan(0, used));
        used = 0;
    }

    private void Put(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));
}
