using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>One append of a plan, and which messages are in it.</summary>
/// <param name="Append">The append.</param>
/// <param name="Indexes">For each of its events the message's number in the request.</param>
internal readonly record struct PlannedAppend(StreamAppend Append, ArraySegment<int> Indexes);

/// <summary>
/// Groups a batch's events by customer, so that each customer's are one append. Inside a customer the order stays. Between customers it stays for events of which the
/// first one in the log wins (order ids, identity links); other events may move forward to their customer's.
/// </summary>
/// <param name="project">The project.</param>
/// <param name="messages">How many messages will be added, at most: what is kept for them has its size from the start.</param>
internal sealed class AppendPlan(Project project, int messages)
{
    private readonly Dictionary<CustomerKey, int> open = new(messages);
    private readonly HashSet<Guid> ids = new(messages);
    private readonly List<Group> groups = new(messages);
    private readonly List<Planned> events = new(messages);
    private readonly ChunkBuffer buffer = new();
    private int lastOrdered = -1;

    /// <summary>Adds an event.</summary>
    /// <returns>False if the batch holds the same message of the same customer already: the first one wins, as everywhere.</returns>
    public bool Add(Prepared.Ready ready, int index)
    {
        var place = KnownCustomers.PlaceOf(project, ready.Event.Customer);
        var id = EventIds.Of(place.Key, ready.Event.MessageId);
        if (!ids.Add(id)) return false;
        var data = buffer.Encode(ready.Event, ready.SentAs);
        if (!open.TryGetValue(place.Key, out var number) || groups[number].Bytes + data.Length > Limits.MaxAppendBytes || (ready.IsOrdered && number < lastOrdered))
        {
            open[place.Key] = number = groups.Count;
            groups.Add(new Group(place.Stream));
        }
        groups[number] = groups[number].With(data.Length);
        events.Add(new Planned(new EventToAppend(id, EventTypes.NameOf(ready.Event.Type), data), index, number));
        if (ready.IsOrdered) lastOrdered = Math.Max(lastOrdered, number);
        return true;
    }

    /// <summary>The appends, in the order in which they must be made.</summary>
    public PlannedAppend[] ToAppends()
    {
        // The events of all appends stand in one array, each append's together.
        var (sorted, indexes, ends) = (new EventToAppend[events.Count], new int[events.Count], new int[groups.Count]);
        for (var number = 1; number < ends.Length; number++) ends[number] = ends[number - 1] + groups[number - 1].Events;
        foreach (var planned in events)
        {
            ref var end = ref ends[planned.Group];
            (sorted[end], indexes[end]) = (planned.Event, planned.Index);
            end++;
        }
        var appends = new PlannedAppend[groups.Count];
        for (var number = 0; number < appends.Length; number++)
        {
            var (stream, count) = (groups[number].Stream, groups[number].Events);
            var start = ends[number] - count;
            appends[number] = new PlannedAppend(new StreamAppend(stream, ExpectedRevision.Any, new ArraySegment<EventToAppend>(sorted, start, count)), new ArraySegment<int>(indexes, start, count));
        }
        return appends;
    }

    private readonly record struct Group(string Stream, int Events = 0, int Bytes = 0)
    {
        public Group With(int bytes) => new(Stream, Events + 1, Bytes + bytes);
    }

    private readonly record struct Planned(EventToAppend Event, int Index, int Group);
}
