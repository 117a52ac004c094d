using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Facts;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>What tells a message of a customer from every other: 128 bits of a hash of both.</summary>
internal static class MessageHash
{
    private const int KeyBytes = 16;
    private const int UsualIdBytes = 512;

    /// <summary>The hash of an event's message.</summary>
    public static UInt128 Of(CustomerKey customer, AnalyticsEvent e) => Of(customer, e.GetMessageIdUtf8());

    /// <summary>The hash of the message of an id, in UTF-8.</summary>
    public static UInt128 Of(CustomerKey customer, ReadOnlySpan<byte> id)
    {
        Span<byte> buffer = stackalloc byte[KeyBytes + UsualIdBytes];
        if (id.Length > UsualIdBytes) buffer = new byte[KeyBytes + id.Length];
        MemoryMarshal.Write(buffer, customer.Value);
        id.CopyTo(buffer[KeyBytes..]);
        return Hash128.Of(buffer[..(KeyBytes + id.Length)]);
    }
}
