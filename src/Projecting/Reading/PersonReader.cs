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
        foreach (var customer in customers) await ReadStreamAsync(project, customer, through, read, cancellationToken);
        return read;
    }

    /// <summary>The events of one stream that can be read, up to a position, duplicates included.</summary>
    public static async IAsyncEnumerable<AnalyticsEvent> ReadStreamAsync(IEventLog log, string stream, long through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var recorded in RecordsAsync(log, stream, through, cancellationToken))
            if (EventDecoder.TryDecode(recorded)?.Event is { } e) yield return e;
    }

    private async Task ReadStreamAsync(string project, CustomerKey customer, long through, PersonEvents read, CancellationToken cancellationToken)
    {
        var events = read.Add(customer);
        await foreach (var recorded in RecordsAsync(log, StreamNames.Customer(project, customer), through, cancellationToken))
        {
            if (facts.IsDuplicate(recorded.Position.Commit)) continue;
            var decoded = EventDecoder.TryDecode(recorded);
            if (decoded?.Event is { } e) events.Add(e);
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
    private readonly List<(CustomerKey Customer, List<AnalyticsEvent> Events)> streams = [];

    /// <summary>The events that can be read, by stream.</summary>
    public IReadOnlyList<(CustomerKey Customer, List<AnalyticsEvent> Events)> Streams => streams;

    /// <summary>How many they are.</summary>
    public int Count => streams.Sum(static stream => stream.Events.Count);

    /// <summary>Why the first that can't be read can't; null = all could.</summary>
    public string? Failure { get; set; }

    /// <summary>The events of all streams, in no particular order: a list of the caller's own.</summary>
    public List<AnalyticsEvent> ToList()
    {
        var all = new List<AnalyticsEvent>(Count);
        foreach (var (_, events) in streams) all.AddRange(events);
        return all;
    }

    /// <summary>Begins another stream.</summary>
    /// <returns>Where its events go.</returns>
    public List<AnalyticsEvent> Add(CustomerKey customer)
    {
        var events = new List<AnalyticsEvent>();
        streams.Add((customer, events));
        return events;
    }
}
