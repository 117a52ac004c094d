using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>Reads the streams of customers from the log: what a refold folds.</summary>
internal sealed class PersonReader(IEventLog log, FactsView facts)
{
    /// <summary>The events of some customers up to a position, duplicates left out, in no particular order.</summary>
    public async Task<PersonEvents> ReadAsync(string project, IEnumerable<CustomerKey> customers, long through, CancellationToken cancellationToken)
    {
        var read = new PersonEvents();
        foreach (var customer in customers) await ReadStreamAsync(StreamNames.Customer(project, customer), through, read, cancellationToken);
        return read;
    }

    /// <summary>The events of one stream that can be read, up to a position, duplicates included.</summary>
    public static async IAsyncEnumerable<AnalyticsEvent> ReadStreamAsync(IEventLog log, string stream, long through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var recorded in RecordsAsync(log, stream, through, cancellationToken))
            if (EventDecoder.TryDecode(recorded)?.Event is { } e) yield return e;
    }

    private async Task ReadStreamAsync(string stream, long through, PersonEvents read, CancellationToken cancellationToken)
    {
        await foreach (var recorded in RecordsAsync(log, stream, through, cancellationToken))
        {
            if (facts.IsDuplicate(recorded.Position.Commit)) continue;
            var decoded = EventDecoder.TryDecode(recorded);
            if (decoded?.Event is { } e) read.Events.Add(e);
            else read.Failure ??= $"The event at position {recorded.Position} can't be read: {decoded?.Unreadable ?? "it lies in no customer's stream"}";
        }
    }

    private static async IAsyncEnumerable<RecordedEvent> RecordsAsync(IEventLog log, string stream, long through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var recorded in log.ReadWholeStreamAsync(stream, cancellationToken))
        {
            if (recorded.Position.Commit > through) yield break;
            yield return recorded;
        }
    }
}

/// <summary>What was read of a person.</summary>
internal sealed class PersonEvents
{
    /// <summary>The events that can be read.</summary>
    public List<AnalyticsEvent> Events { get; } = [];

    /// <summary>Why the first that can't be read can't; null = all could.</summary>
    public string? Failure { get; set; }
}
