using EventSourcedAnalytics.Analysis.Events;
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

    /// <summary>The customers of the person as of the batch's end; null if it has only the one that names it.</summary>
    public IReadOnlyList<CustomerKey>? Customers { get; set; }

    /// <summary>The persons it was before the batch, if this batch joined some; null if it didn't.</summary>
    public IReadOnlyList<OldPerson>? JoinedFrom { get; set; }

    /// <summary>Whether it must be folded again whatever its events are: one of them, or who claims the order id of one, was corrected.</summary>
    public bool IsCorrected { get; set; }

    /// <summary>Why it can't be folded at all: one of its events is unreadable.</summary>
    public string? Unreadable { get; set; }

    /// <summary>Streams of the person as of the batch's end.</summary>
    public IReadOnlyList<CustomerKey> Streams => Customers ?? [Person];
}

/// <summary>The persons of a batch, in the fold partitions.</summary>
internal sealed class PersonBatch
{
    private readonly Dictionary<CustomerKey, PersonWork> works = [];

    /// <summary>Persons that this batch joined with none; each partition can be folded on its own.</summary>
    public List<PersonWork>[] Partitions { get; } = [.. Enumerable.Range(0, Limits.FoldPartitions).Select(_ => new List<PersonWork>())];

    /// <summary>Persons that this batch joined: they were in other partitions, too.</summary>
    public List<PersonWork> Joined { get; } = [];

    public int Count => works.Count;

    public IEnumerable<PersonWork> All => works.Values;

    /// <summary>A person's part of the batch.</summary>
    public PersonWork Get(Project project, CustomerKey person, out bool isNew)
    {
        ref var work = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(works, person, out var exists);
        isNew = !exists;
        return work ??= new PersonWork(project, person);
    }

    /// <summary>Puts everybody in its place once all events are in.</summary>
    public void Close()
    {
        foreach (var work in works.Values)
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
