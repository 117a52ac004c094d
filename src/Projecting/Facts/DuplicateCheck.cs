using System.Collections.Concurrent;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// Whether a customer sent a message before: what <see cref="DuplicateFilter"/> could not exclude. A repeated message was mostly sent a moment ago, so it is looked for in the batch, then
/// among the events right before it in its stream; only if they do not tell, the stream is read from its start, and its messages are kept for the next doubt.
/// </summary>
internal sealed class DuplicateCheck(IEventLog log)
{
    private readonly ConcurrentDictionary<string, StreamMessages> streams = new(StringComparer.Ordinal);
    private long keptMessages;

    /// <summary>Marks the events of a batch that repeat a message.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="doubtful">Those of its events that may: all others are the first of their kind.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task MarkAsync(DecodedBatch batch, IReadOnlyList<DecodedEvent> doubtful, CancellationToken cancellationToken)
    {
        MarkWithin(batch, doubtful);
        if (keptMessages > Limits.MaxCachedMessageIds)
        {
            streams.Clear();
            keptMessages = 0;
        }
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Limits.MaxParallelDoubts };
        await Parallel.ForEachAsync(doubtful.Where(e => !e.IsDuplicate).GroupBy(SenderOf), options, async (own, token) =>
        {
            var stream = StreamNames.Customer(own.Key.Project, own.Key.Customer);
            foreach (var e in own) e.IsDuplicate = await CameBeforeAsync(stream, e, token);
        });
    }

    private static (string Project, CustomerKey Customer) SenderOf(DecodedEvent e) => (e.ProjectId, e.Customer);

    private static void MarkWithin(DecodedBatch batch, IReadOnlyList<DecodedEvent> doubtful)
    {
        var senders = doubtful.Select(SenderOf).ToHashSet();
        var sent = new HashSet<((string, CustomerKey), string)>();
        foreach (var e in batch.Events)
            if (e.Event is not null && senders.Contains(SenderOf(e)) && !sent.Add((SenderOf(e), e.Event.MessageId))) e.IsDuplicate = true;
    }

    // Of one stream one event at a time.
    private async Task<bool> CameBeforeAsync(string stream, DecodedEvent e, CancellationToken cancellationToken)
    {
        if (e.Revision == 0) return false;
        if (!streams.TryGetValue(stream, out var messages))
        {
            if (await CameRightBeforeAsync(stream, e, cancellationToken) is { } told) return told;
            streams[stream] = messages = new StreamMessages();
        }
        var before = messages.Count;
        await messages.CatchUpAsync(log, stream, e.Revision, cancellationToken);
        Interlocked.Add(ref keptMessages, messages.Count - before);
        return messages.CameBefore(e.Event!.MessageId, e.Position);
    }

    // Null if it is not among the events right before, but there are more.
    private async Task<bool?> CameRightBeforeAsync(string stream, DecodedEvent e, CancellationToken cancellationToken)
    {
        var page = await log.ReadStreamAsync(stream, ReadDirection.Backwards, e.Revision - 1, Limits.EventsSearchedBack, cancellationToken);
        var id = e.Event!.MessageId;
        foreach (var recorded in page.Events) if (StreamMessages.IdOf(recorded) == id) return true;
        return page.IsEnd ? false : null;
    }

    /// <summary>The messages of one stream, with the position each came at first.</summary>
    private sealed class StreamMessages
    {
        private readonly Dictionary<string, long> first = new(StringComparer.Ordinal);
        private long nextRevision;

        /// <summary>Distinct messages.</summary>
        public int Count => first.Count;

        /// <summary>The message of an event; null if it can't be read.</summary>
        public static string? IdOf(RecordedEvent recorded) => EventDecoder.TryDecode(recorded)?.Event?.MessageId;

        /// <summary>Reads what it has not read yet, at least up to a revision.</summary>
        public async Task CatchUpAsync(IEventLog log, string stream, long through, CancellationToken cancellationToken)
        {
            while (nextRevision <= through)
            {
                var page = await log.ReadStreamAsync(stream, ReadDirection.Forwards, nextRevision, Limits.DuplicateCheckPage, cancellationToken);
                foreach (var recorded in page.Events)
                {
                    nextRevision = recorded.Revision + 1;
                    if (IdOf(recorded) is { } id) first.TryAdd(id, recorded.Position.Commit);
                }
                if (page.IsEnd || page.Events.Count == 0) return;
            }
        }

        /// <summary>Whether the message had come before this position.</summary>
        public bool CameBefore(string messageId, long position) => first.TryGetValue(messageId, out var earliest) && earliest < position;
    }
}
