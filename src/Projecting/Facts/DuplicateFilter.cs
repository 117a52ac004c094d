using System.Runtime.InteropServices;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// Tells exactly, for ever and in bounded memory whether a customer sent a message before: a Bloom filter says "certainly not" for nearly all; what it can't exclude is
/// looked up in the customer's stream, which holds the truth (<see cref="DuplicateCheck"/>). A false positive costs a read, never a wrong answer.
/// </summary>
internal sealed class DuplicateFilter
{
    // Places in the filter that are fetched from memory side by side: each is far from all others.
    private const int Together = 16;

    private readonly BloomFilter filter = new();

    // What was found is of no interest, but a look without a result would be left out by the compiler.
    private ulong fetched;

    /// <summary>Messages seen.</summary>
    public long Count => filter.Count;

    /// <summary>Bytes of the filter.</summary>
    public long Bytes => filter.Bytes;

    /// <summary>Notes the messages of a batch.</summary>
    /// <returns>The events that may repeat a message: the stream must be asked. All others certainly are the first of their kind.</returns>
    public List<DecodedEvent> Add(List<DecodedEvent> events)
    {
        var doubtful = new List<DecodedEvent>();
        Span<UInt128> hashes = stackalloc UInt128[Together];
        for (var at = 0; at < events.Count; at += Together)
        {
            var some = CollectionsMarshal.AsSpan(events).Slice(at, Math.Min(Together, events.Count - at));
            for (var i = 0; i < some.Length; i++)
            {
                if (some[i].Event is not { } e) continue;
                hashes[i] = some[i].MessageHash != default ? some[i].MessageHash : MessageHash.Of(some[i].Customer, e);
                fetched ^= filter.Fetch(hashes[i]);
            }
            for (var i = 0; i < some.Length; i++)
                if (some[i].Event is not null && filter.Add(hashes[i])) doubtful.Add(some[i]);
        }
        return doubtful;
    }
}
