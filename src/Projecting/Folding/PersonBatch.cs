using System.Collections.Frozen;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>A batch, sorted by person, in the fold partitions.</summary>
/// <param name="end">Position of the last event of the batch, wanted or not.</param>
/// <param name="count">Events of customers' streams in it, wanted or not.</param>
/// <param name="persons">About how many persons have some of them.</param>
internal sealed class PersonBatch(LogPosition end, int count, int persons)
{
    private readonly Dictionary<CustomerKey, PersonWork> byCustomer = new(persons);
    private readonly List<PersonWork> works = new(persons);

    /// <summary>Position of the last event of the batch, wanted or not.</summary>
    public LogPosition End => end;

    /// <summary>Events of customers' streams in it, wanted or not.</summary>
    public int EventCount => count;

    /// <summary>When the log took in its last event, milliseconds since the Unix epoch; null if it has none.</summary>
    public long? RecordedAt { get; init; }

    /// <summary>The positions of events that are not decoded yet which repeat an order id.</summary>
    public IReadOnlySet<long> RepeatedOrders { get; init; } = FrozenSet<long>.Empty;

    /// <summary>What its events lie in, to be disposed once all are folded; null = there is nothing to use again.</summary>
    public IDisposable? Memory { get; init; }

    /// <summary>The persons; each partition can be folded on its own once <see cref="Joined"/> are resolved.</summary>
    public List<PersonWork>[] Partitions { get; } = [.. Enumerable.Range(0, Limits.FoldPartitions).Select(_ => new List<PersonWork>())];

    /// <summary>Those of them that this batch joined: they were in other partitions, too.</summary>
    public List<PersonWork> Joined { get; } = [];

    public int Count => works.Count;

    public IReadOnlyList<PersonWork> All => works;

    /// <summary>The part of the person that a customer is; null if the customer was not seen in the batch yet.</summary>
    public PersonWork? Find(CustomerKey customer) => byCustomer.GetValueOrDefault(customer);

    /// <summary>A person's part of the batch.</summary>
    /// <param name="project">Its project.</param>
    /// <param name="customer">One of its customers.</param>
    /// <param name="person">The customer that names it.</param>
    /// <param name="isNew">Whether it had none yet.</param>
    public PersonWork Get(Project project, CustomerKey customer, CustomerKey person, out bool isNew)
    {
        isNew = !byCustomer.TryGetValue(person, out var work);
        if (isNew)
        {
            byCustomer.Add(person, work = new PersonWork(project, person));
            works.Add(work);
        }
        if (customer != person) byCustomer[customer] = work!;
        return work!;
    }

    /// <summary>Puts everybody in its place once all events are in.</summary>
    public void Close()
    {
        foreach (var work in works)
        {
            Partitions[Partitioner.PartitionOf(work.Person)].Add(work);
            if (work.JoinedFrom is not null) Joined.Add(work);
        }
    }
}
