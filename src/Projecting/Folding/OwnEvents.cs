using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>One thread's look at the events of a person's part of a batch: decoded, if they aren't yet, and in order.</summary>
/// <param name="repeatedOrders">The positions of events that are not decoded yet which repeat an order id.</param>
internal sealed class OwnEvents(IReadOnlySet<long> repeatedOrders)
{
    private PersonEvent[] room = [];
    private long[] places = [];
    private int count;

    /// <summary>The events, without traits; valid until the next person's are asked for. What can't be read is noted in the work.</summary>
    public Span<PersonEvent> Of(PersonWork work)
    {
        var events = CollectionsMarshal.AsSpan(work.Decoded);
        if (work.Stored is { } stored)
        {
            count = 0;
            Decode(stored, work);
            foreach (var more in work.MoreStored) Decode(more, work);
            events = room.AsSpan(0, count);
        }
        PersonFolder.Sort(events);
        return events;
    }

    private void Decode(StoredPart part, PersonWork work)
    {
        for (var left = part.Events.Find(part.Number, ref places); left > 0; left--)
        {
            var stored = part.Events.At(places[left - 1]).Event;
            if (EventDecoder.TryDecode(stored.Data, stored.Type, stored.Position, out var unreadable) is { } e) Add(e);
            else work.Fail(stored.Position, unreadable!);
        }
    }

    private void Add(AnalyticsEvent e)
    {
        if (count == room.Length) Array.Resize(ref room, Math.Max(64, 2 * count));
        room[count++] = new PersonEvent(e, Traits.Empty, Traits.Empty, repeatedOrders.Count > 0 && repeatedOrders.Contains(e.Position));
    }
}
