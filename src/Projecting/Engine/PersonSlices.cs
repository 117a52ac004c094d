using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// The events of every person, of as many persons at a time as there is room for: a pass over the log for each range of persons' keys. A range of which more comes than there is
/// room for is cut off, and the next one begins there; only a person that has more events by itself is held all the same.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="facts">Tells which customers are one person.</param>
internal sealed class PersonSlices(LogPasses log, NaiveFacts facts)
{
    /// <summary>Passes all persons on, one by one.</summary>
    /// <param name="act">Takes a project's id and the events of a person that can be read, of all its customers, in log order, duplicates included.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task ForEachAsync(Action<string, IReadOnlyList<DecodedEvent>> act, CancellationToken cancellationToken)
    {
        var width = UInt128.MaxValue / (UInt128)log.Slices;
        UInt128 from = 0;
        for (var left = log.Slices; ; left--)
        {
            var (first, last) = (from, UInt128.MaxValue - from < width ? UInt128.MaxValue : from + width);
            var slice = new Slice(last, log.IsHeld ? long.MaxValue : log.MaxHeld);
            log.Remaining = Math.Max(1, left);
            await log.ReadAsync(customer => facts.PersonOf(customer).Value is var key && key >= first && key <= last, e => slice.Add(facts.PersonOf(e.Customer), e), cancellationToken);
            foreach (var ((project, _), events) in slice.Persons) act(project, events);
            if (slice.Last == UInt128.MaxValue) return;
            from = slice.Last + 1;
        }
    }

    private sealed class Slice(UInt128 last, long maxHeld)
    {
        private readonly Dictionary<(string Project, CustomerKey Person), List<DecodedEvent>> persons = [];
        private long held;

        public IReadOnlyDictionary<(string Project, CustomerKey Person), List<DecodedEvent>> Persons => persons;

        /// <summary>The last key of the slice; it may go down as events come.</summary>
        public UInt128 Last { get; private set; } = last;

        public void Add(CustomerKey person, DecodedEvent e)
        {
            if (e.Event is null || person.Value > Last) return;
            if (!persons.TryGetValue((e.ProjectId, person), out var events)) persons.Add((e.ProjectId, person), events = []);
            events.Add(e);
            if (++held > maxHeld && persons.Count > 1) Cut();
        }

        // An eighth more goes than has to, so that it does not come to this with every event.
        private void Cut()
        {
            var kept = 0L;
            CustomerKey? end = null;
            foreach (var (key, events) in persons.OrderBy(item => item.Key.Person))
            {
                if (end is not null && kept + events.Count > maxHeld - (maxHeld / 8)) break;
                (end, kept) = (key.Person, kept + events.Count);
            }
            Last = end!.Value.Value;
            foreach (var key in persons.Keys.Where(key => key.Person.Value > Last)) persons.Remove(key);
            held = kept;
        }
    }
}
