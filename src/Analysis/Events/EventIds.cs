using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>The identity an event is appended with.</summary>
public static class EventIds
{
    // Ids are mostly UUIDs; more room would cost its clearing each time.
    private const int StackBytes = 128;

    /// <summary>
    /// A UUID (version 8, RFC 9562) that only depends on the customer and the message's id: a retry appends the same id, and the log recognises it where it can.
    /// It is the SipHash of the message's id, keyed by the customer's key, which stands for project and customer, because it is made with the project's secret.
    /// </summary>
    public static Guid Of(CustomerKey customer, string messageId)
    {
        ArgumentNullException.ThrowIfNull(messageId);
        Span<byte> key = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(key, customer.Value);
        var size = Encoding.UTF8.GetMaxByteCount(messageId.Length);
        var rented = size > StackBytes ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> text = rented ?? stackalloc byte[StackBytes];
        var (first, last) = new SipHash(key).Of(text[..Encoding.UTF8.GetBytes(messageId, text)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        Span<byte> hash = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, first);
        BinaryPrimitives.WriteUInt64LittleEndian(hash[8..], last);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
