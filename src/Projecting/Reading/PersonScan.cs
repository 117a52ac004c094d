using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>
/// Finds the events of many persons by reading the log from its start, instead of a stream at a time. As many persons as there is room for at once: when more comes than that, the last
/// ones are left to a further pass.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="facts">Tells which events are duplicates.</param>
/// <param name="maxBytes">Bytes of events held; one person's are held all the same.</param>
internal sealed class PersonScan(IEventLog log, FactsView facts, long maxBytes)
{
    /// <summary>Some persons of whom all events are at hand.</summary>
    /// <param name="First">The first one's number.</param>
    /// <param name="End">The number behind the last one's.</param>
    /// <param name="Read">Decodes the events of one, by its number; from any thread.</param>
    public sealed record Slice(int First, int End, Func<int, PersonEvents> Read);

    /// <summary>The events of all persons up to a position, duplicates left out.</summary>
    /// <param name="persons">The customers of each person; its number is its index.</param>
    /// <param name="through">The last position.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>All of them, in order. A slice's events are gone when the next one is asked for.</returns>
    public async IAsyncEnumerable<Slice> ReadAsync(IReadOnlyList<IReadOnlyList<CustomerKey>> persons, long through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A customer mostly belongs to one of them, but who was marked before it was joined may still be marked under its own key.
        var numbers = persons.SelectMany(static (customers, person) => customers.Select(customer => (customer, person))).ToLookup(static pair => pair.customer, static pair => pair.person);
        for (var first = 0; first < persons.Count;)
        {
            var collected = new CollectedEvents(first, persons.Count);
            await foreach (var page in LogPages.ReadAsync(log, LogPosition.At(through), static page => page, cancellationToken))
            {
                Collect(page, through, numbers, collected);
                page.Memory?.Dispose();
            }
            yield return new Slice(first, collected.End, person => Decode(persons[person], collected.Of(person)));
            // Whoever was given the slice may hold on to it while the next one is collected.
            collected.Clear();
            first = collected.End;
        }
    }

    private void Collect(LogPage page, long through, ILookup<CustomerKey, int> numbers, CollectedEvents collected)
    {
        foreach (var recorded in page.Events)
        {
            var position = recorded.Position.Commit;
            if (position > through) return;
            if (!EventDecoder.TryParseCustomer(recorded, out _, out var customer)) continue;
            foreach (var person in numbers[customer])
                if (person >= collected.First && person < collected.End && !facts.IsDuplicate(position)) collected.Add(person, customer, recorded);
            // More goes than has to, so that it does not come to this with every event.
            if (collected.Bytes > maxBytes && collected.End - collected.First > 1) collected.Narrow(maxBytes / 4 * 3);
        }
    }

    private static PersonEvents Decode(IReadOnlyList<CustomerKey> customers, IEnumerable<(CustomerKey Customer, long Position, string Type, ReadOnlyMemory<byte> Data)> stored)
    {
        var read = new PersonEvents();
        var streams = customers.ToDictionary(customer => customer, read.Add);
        foreach (var (customer, position, type, data) in stored)
        {
            if (EventDecoder.TryDecode(data, type, position, out var unreadable) is { } e) streams[customer].Add(e);
            else read.Fail(position, unreadable);
        }
        return read;
    }
}
