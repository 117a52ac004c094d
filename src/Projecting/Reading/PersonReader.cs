using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>Reads the events of persons from the log: what a refold folds.</summary>
/// <param name="log">The log.</param>
/// <param name="facts">Tells which events are duplicates.</param>
/// <param name="scannedPersons">Persons from which on it is considered to read the whole log instead of their streams.</param>
/// <param name="maxBytes">Bytes of events held when the whole log is read.</param>
internal sealed class PersonReader(IEventLog log, FactsView facts, int scannedPersons = Limits.MinScannedPersons, long maxBytes = Limits.MinRefoldMegabytes * Limits.Megabyte)
{
    private readonly PersonScan scan = new(log, facts, maxBytes);

    /// <summary>
    /// Reads many persons: stream by stream, or where so many are asked for that it costs less, by reading all of the log. Memory holds a few persons, or what is set for the scan.
    /// </summary>
    /// <param name="persons">The project and the customers of each.</param>
    /// <param name="through">The last position.</param>
    /// <param name="logEvents">About how many events the log has up to there; no answer depends on it.</param>
    /// <param name="act">Takes a person's number and its events, as <see cref="ReadAsync"/> gives them; several threads call it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task ForEachAsync(
        IReadOnlyList<(string Project, IReadOnlyList<CustomerKey> Customers)> persons, long through, long logEvents, Action<int, PersonEvents> act, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Limits.MaxParallelRefolds };
        if (persons.Count < scannedPersons || persons.Count * (long)Limits.EventsScannedPerStream < logEvents)
        {
            await Parallel.ForAsync(0, persons.Count, options, async (person, token) =>
                act(person, await ReadAsync(persons[person].Project, persons[person].Customers, through, token)));
            return;
        }
        await foreach (var slice in scan.ReadAsync([.. persons.Select(person => person.Customers)], through, cancellationToken))
            Parallel.For(slice.First, slice.End, options, person => act(person, slice.Read(person)));
    }

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
            else read.Fail(recorded.Position.Commit, decoded?.Unreadable);
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
    private (long Position, string Text)? failure;

    /// <summary>The events that can be read, by stream.</summary>
    public IReadOnlyList<(CustomerKey Customer, List<AnalyticsEvent> Events)> Streams => streams;

    /// <summary>How many they are.</summary>
    public int Count => streams.Sum(static stream => stream.Events.Count);

    /// <summary>Why the first that can't be read can't; null = all could.</summary>
    public string? Failure => failure?.Text;

    /// <summary>The events of all streams, in no particular order: a list of the caller's own.</summary>
    public List<AnalyticsEvent> ToList()
    {
        var all = new List<AnalyticsEvent>(Count);
        foreach (var (_, events) in streams) all.AddRange(events);
        return all;
    }

    /// <summary>Notes an event that can't be read.</summary>
    public void Fail(long position, string? reason)
    {
        if (failure is null || position < failure.Value.Position) failure = (position, $"The event at position {position} can't be read: {reason ?? "it lies in no customer's stream"}");
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
