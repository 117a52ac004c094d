using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>One person's part of a batch.</summary>
internal sealed class PersonWork(Project project, CustomerKey person)
{
    public Project Project { get; } = project;

    /// <summary>The person's key: that of its representative as of the batch's end.</summary>
    public CustomerKey Person { get; } = person;

    /// <summary>Its events in the batch without duplicates, first by position, for the fold by time.</summary>
    public List<DecodedEvent> Events { get; } = [];

    /// <summary>The person as of the batch's end; null if it is no more than the customer that names it.</summary>
    public Person? Joined { get; set; }

    /// <summary>The persons it was before the batch, if this batch joined some; null if it didn't.</summary>
    public IReadOnlyList<OldPerson>? JoinedFrom { get; set; }

    /// <summary>Whether it must be folded again whatever its events are: one of them, or who claims the order id of one, was corrected.</summary>
    public bool IsCorrected { get; set; }

    /// <summary>Why it can't be folded at all: one of its events is unreadable.</summary>
    public string? Unreadable { get; set; }

    /// <summary>Streams of the person as of the batch's end.</summary>
    public IReadOnlyList<CustomerKey> StreamsBy(FactsView facts) => Joined is { } joined ? facts.KeysOf(Project, joined) : [Person];
}

/// <summary>The persons of a batch, in the fold partitions.</summary>
/// <param name="events">Events in it: a person mostly has several.</param>
internal sealed class PersonBatch(int events)
{
    private readonly Dictionary<CustomerKey, PersonWork> byCustomer = new(events / 4);
    private readonly List<PersonWork> works = [];

    /// <summary>Persons that this batch joined with none; each partition can be folded on its own.</summary>
    public List<PersonWork>[] Partitions { get; } = [.. Enumerable.Range(0, Limits.FoldPartitions).Select(_ => new List<PersonWork>())];

    /// <summary>Persons that this batch joined: they were in other partitions, too.</summary>
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
            if (work.JoinedFrom is null) Partitions[Partitioner.PartitionOf(work.Person)].Add(work);
            else Joined.Add(work);
        }
    }
}

/// <summary>A person as it was at the last checkpoint.</summary>
/// <param name="Key">Its key then.</param>
/// <param name="Customers">Its customers then.</param>
internal sealed record OldPerson(CustomerKey Key, IReadOnlyList<CustomerKey> Customers);
