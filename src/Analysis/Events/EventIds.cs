using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>The identity an event is appended with.</summary>
public static class EventIds
{
    /// <summary>
    /// A UUID (version 8, RFC 9562) that only depends on the customer and the message's id: a retry appends the same id, and the log recognises it where it can.
    /// The key stands for project and customer, because it is made with the project's secret.
    /// </summary>
    public static Guid Of(CustomerKey customer, string messageId)
    {
        ArgumentNullException.ThrowIfNull(messageId);
        var size = 16 + Encoding.UTF8.GetMaxByteCount(messageId.Length);
        var rented = size > 512 ? ArrayPool<byte>.Shared.Rent(size) : null;
        var text = rented ?? stackalloc byte[size];
        BinaryPrimitives.WriteUInt128BigEndian(text, customer.Value);
        var length = 16 + Encoding.UTF8.GetBytes(messageId, text[16..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
