using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using Google.Protobuf;

namespace EventSourcedAnalytics.EventLog.Grpc;

/// <summary>gRPC's framing of messages over HTTP/2: a flag (0 = not compressed), the length in four bytes, big endian, the message.</summary>
internal static class GrpcFraming
{
    public const string ContentType = "application/grpc";
    public const string StatusTrailer = "grpc-status";
    public const string MessageTrailer = "grpc-message";
    public const string TimeoutHeader = "grpc-timeout";

    private const int PrefixBytes = 5;

    /// <summary>Reads the next message.</summary>
    /// <returns>Null at the end of the body.</returns>
    public static async ValueTask<T?> ReadAsync<T>(PipeReader reader, MessageParser<T> parser, int maxBytes, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (TryParse(ref buffer, parser, maxBytes, out var message))
            {
                reader.AdvanceTo(buffer.Start);
                return message;
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (!result.IsCompleted) continue;
            if (buffer.IsEmpty) return null;
            throw new RpcException(StatusCode.Internal, "The body ended within a message.");
        }
    }

    /// <summary>Takes the next message out of what has been read already, without waiting.</summary>
    /// <returns>Null if there is no whole message yet.</returns>
    public static T? TryRead<T>(PipeReader reader, MessageParser<T> parser, int maxBytes) where T : class, IMessage<T>
    {
        if (!reader.TryRead(out var result)) return null;
        var buffer = result.Buffer;
        if (TryParse(ref buffer, parser, maxBytes, out var message))
        {
            reader.AdvanceTo(buffer.Start);
            return message;
        }
        reader.AdvanceTo(buffer.Start);
        return null;
    }

    public static void Write(IBufferWriter<byte> writer, IMessage message)
    {
        var size = message.CalculateSize();
        message.WriteTo(Begin(writer, size));
        writer.Advance(PrefixBytes + size);
    }

    public static void Write<T>(IBufferWriter<byte> writer, T message) where T : struct, IWireMessage
    {
        var size = message.Size();
        message.Write(Begin(writer, size));
        writer.Advance(PrefixBytes + size);
    }

    public static byte[] ToBytes(params IEnumerable<IMessage> messages)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var message in messages) Write(buffer, message);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The form of <c>grpc-timeout</c>: at most eight digits and a unit.</summary>
    public static string FormatTimeout(TimeSpan timeout)
    {
        var milliseconds = (long)Math.Max(1, timeout.TotalMilliseconds);
        return milliseconds < 100_000_000
            ? milliseconds.ToString(CultureInfo.InvariantCulture) + "m"
            : Math.Min(99_999_999, milliseconds / 1000).ToString(CultureInfo.InvariantCulture) + "S";
    }

    private static Span<byte> Begin(IBufferWriter<byte> writer, int size)
    {
        var span = writer.GetSpan(PrefixBytes + size)[..(PrefixBytes + size)];
        span[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], size);
        return span[PrefixBytes..];
    }

    private static bool TryParse<T>(ref ReadOnlySequence<byte> buffer, MessageParser<T> parser, int maxBytes, out T? message) where T : class, IMessage<T>
    {
        message = null;
        if (buffer.Length < PrefixBytes) return false;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        if (prefix[0] != 0) throw new RpcException(StatusCode.Unimplemented, "Compressed messages are not supported.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > maxBytes)
            throw new RpcException(StatusCode.ResourceExhausted, string.Create(CultureInfo.InvariantCulture, $"A message of {length} bytes exceeds the maximum of {maxBytes}."));
        if (buffer.Length < PrefixBytes + length) return false;
        message = parser.ParseFrom(buffer.Slice(PrefixBytes, length));
        buffer = buffer.Slice(PrefixBytes + length);
        return true;
    }
}
