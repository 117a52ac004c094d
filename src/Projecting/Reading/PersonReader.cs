using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>Reads the streams of customers from the log: what a refold folds.</summary>
internal sealed class PersonReader(IEventLog log, FactsView facts)
{
    private const int PageEvents = 1_000;

    /// <summary>The events of some customers up to a position, duplicates left out, in no particular order.</summary>
    /// <exception cref="UnreadableEventException">A stored event can't be read.</exception>
    public async Task<List<AnalyticsEvent>> ReadAsync(string project, IEnumerable<CustomerKey> customers, long through, CancellationToken cancellationToken)
    {
        var events = new List<AnalyticsEvent>();
        foreach (var customer in customers) await ReadStreamAsync(StreamNames.Customer(project, customer), through, events, cancellationToken);
        return events;
    }

    private async Task ReadStreamAsync(string stream, long through, List<AnalyticsEvent> events, CancellationToken cancellationToken)
    {
        for (long? from = 0; from is not null;)
        {
            var page = await log.ReadStreamAsync(stream, ReadDirection.Forwards, from, PageEvents, cancellationToken);
            foreach (var recorded in page.Events)
            {
                if (recorded.Position.Commit > through) return;
                if (facts.IsDuplicate(recorded.Position.Commit)) continue;
                var decoded = EventDecoder.TryDecode(recorded);
                if (decoded?.Event is null) throw new UnreadableEventException(recorded.Position, decoded?.Unreadable ?? "it lies in no customer's stream");
                events.Add(decoded.Event);
            }
            from = page.IsEnd || page.Events.Count == 0 ? null : page.Events[^1].Revision + 1;
        }
    }
}

/// <summary>A stored event that can't be decoded.</summary>
internal sealed class UnreadableEventException(LogPosition position, string reason)
    : Exception($"The event at position {position} can't be read: {reason}");
