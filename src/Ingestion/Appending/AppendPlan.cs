using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>One append of a plan, and which messages are in it.</summary>
/// <param name="Append">The append.</param>
/// <param name="Indexes">For each of its events the message's number in the request.</param>
internal sealed record PlannedAppend(StreamAppend Append, List<int> Indexes);

/// <summary>
/// Groups a batch's events by customer, so that each customer's are one append. Inside a customer the order stays. Between customers it stays for events of which the
/// first one in the log wins (order ids, identity links); other events may move forward to their customer's.
/// </summary>
/// <param name="project">The project.</param>
/// <param name="messages">How many messages will be added, at most: what is kept for them has its size from the start.</param>
internal sealed class AppendPlan(Project project, int messages)
{
    private readonly Dictionary<CustomerId, Group> groups = new(messages);
    private readonly HashSet<Guid> ids = new(messages);
    private readonly List<PlannedAppend> appends = new(messages);
    private readonly ChunkBuffer buffer = new();
    private int lastOrdered = -1;

    /// <summary>The appends, in the order in which they must be made.</summary>
    public IReadOnlyList<PlannedAppend> Appends => appends;

    /// <summary>Adds an event.</summary>
    /// <returns>False if the batch holds the same message of the same customer already: the first one wins, as everywhere.</returns>
    public bool Add(Prepared.Ready ready, int index)
    {
        var customer = ready.Event.Customer;
        var isKnown = groups.TryGetValue(customer, out var group);
        var place = isKnown ? group.Customer : KnownCustomers.PlaceOf(project, customer);
        var id = EventIds.Of(place.Key, ready.Event.MessageId);
        if (!ids.Add(id)) return false;
        var data = buffer.Encode(ready.Event, ready.SentAs);
        if (!isKnown || group.Bytes + data.Length > Limits.MaxAppendBytes || (ready.IsOrdered && group.Place < lastOrdered)) group = NewGroup(place);
        group.Events.Add(new EventToAppend(id, EventTypes.NameOf(ready.Event.Type), data));
        appends[group.Place].Indexes.Add(index);
        groups[customer] = group with { Bytes = group.Bytes + data.Length };
        if (ready.IsOrdered) lastOrdered = Math.Max(lastOrdered, group.Place);
        return true;
    }

    private Group NewGroup(CustomerPlace customer)
    {
        var events = new List<EventToAppend>(1);
        appends.Add(new PlannedAppend(new StreamAppend(customer.Stream, ExpectedRevision.Any, events), new List<int>(1)));
        return new Group(customer, appends.Count - 1, events, 0);
    }

    private readonly record struct Group(CustomerPlace Customer, int Place, List<EventToAppend> Events, int Bytes);
}
