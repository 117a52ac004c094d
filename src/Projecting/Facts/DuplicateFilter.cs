using EventSourcedAnalytics.Analysis.Events;
using System.Runtime.InteropServices;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// Tells exactly, for ever and in bounded memory whether a customer sent a message before: a Bloom filter says "certainly not" for nearly all; what it can't exclude is
/// looked up in the customer's stream, which holds the truth (<see cref="DuplicateCheck"/>). A false positive costs a read, never a wrong answer.
/// </summary>
internal sealed class DuplicateFilter
{
    private const int KeyBytes = 16;

    private readonly BloomFilter filter = new();

    /// <summary>Messages seen.</summary>
    public long Count => filter.Count;

    /// <summary>Bytes of the filter.</summary>
    public long Bytes => filter.Bytes;

    /// <summary>Notes the message of an event.</summary>
    /// <returns>False if it certainly is the first of its kind; true if the stream must be asked.</returns>
    public bool Add(CustomerKey customer, AnalyticsEvent e)
    {
        var id = e.GetMessageIdUtf8();
        Span<byte> buffer = stackalloc byte[KeyBytes + 512];
        if (id.Length > buffer.Length - KeyBytes) buffer = new byte[KeyBytes + id.Length];
        MemoryMarshal.Write(buffer, customer.Value);
        id.CopyTo(buffer[KeyBytes..]);
        return filter.Add(Hash128.Of(buffer[..(KeyBytes + id.Length)]));
    }
}
