using EventSourcedAnalytics.Analysis.Events;
using System.Runtime.InteropServices;
using System.Text;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// Tells exactly, for ever and in bounded memory whether a customer sent a message before: a Bloom filter says "certainly not" for nearly all; what it can't exclude is
/// looked up in the customer's stream, which holds the truth. A false positive costs a read, never a wrong answer.
/// </summary>
internal sealed class DuplicateFilter
{
    private readonly BloomFilter filter = new();

    /// <summary>Messages seen.</summary>
    public long Count => filter.Count;

    /// <summary>Bytes of the filter.</summary>
    public long Bytes => filter.Bytes;

    /// <summary>Notes a message.</summary>
    /// <returns>False if it certainly is the first of its kind; true if the stream must be asked.</returns>
    public bool Add(CustomerKey customer, string messageId)
    {
        Span<byte> buffer = stackalloc byte[16 + 512];
        MemoryMarshal.Write(buffer, customer.Value);
        var length = messageId.Length <= 170 ? Encoding.UTF8.GetBytes(messageId, buffer[16..]) : -1;
        return filter.Add(length >= 0
            ? Hash128.Of(buffer[..(16 + length)])
            : Hash128.Of([.. buffer[..16], .. Encoding.UTF8.GetBytes(messageId)]));
    }
}

/// <summary>The messages of one stream, with the position each came at first.</summary>
internal sealed class StreamMessages
{
    private readonly Dictionary<string, long> first = new(StringComparer.Ordinal);
    private long nextRevision;

    /// <summary>Distinct messages.</summary>
    public int Count => first.Count;

    /// <summary>Reads what was appended since the last call.</summary>
    public async Task CatchUpAsync(IEventLog log, string stream, Func<RecordedEvent, string?> messageIdOf, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await log.ReadStreamAsync(stream, ReadDirection.Forwards, nextRevision, 1_000, cancellationToken);
            foreach (var recorded in page.Events)
            {
                nextRevision = recorded.Revision + 1;
                if (messageIdOf(recorded) is { } id) first.TryAdd(id, recorded.Position.Commit);
            }
            if (page.IsEnd || page.Events.Count == 0) return;
        }
    }

    /// <summary>Whether the message had come before this position.</summary>
    public bool CameBefore(string messageId, long position) => first.TryGetValue(messageId, out var earliest) && earliest < position;
}
