using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>One person of an instance in memory.</summary>
internal sealed class PersonEntry(CustomerKey key)
{
    public CustomerKey Key { get; } = key;

    /// <summary>What is known of it; null = nothing.</summary>
    public PersonState? State { get; set; }

    /// <summary>Whether the state differs from what is committed.</summary>
    public bool IsDirty { get; set; }

    /// <summary>False if certainly no state of the person is committed.</summary>
    public bool IsStored { get; set; }
}

/// <summary>
/// States of persons in memory, in the fold partitions: each partition is touched by one thread at a time.
/// </summary>
internal sealed class StateCache
{
    private readonly Dictionary<CustomerKey, PersonEntry>[] entries = [.. Enumerable.Range(0, Limits.FoldPartitions).Select(_ => new Dictionary<CustomerKey, PersonEntry>())];
    private readonly List<PersonEntry>[] dirty = [.. Enumerable.Range(0, Limits.FoldPartitions).Select(_ => new List<PersonEntry>())];

    /// <summary>True while a person that isn't here has no state in Postgres either.</summary>
    public bool IsComplete { get; private set; }

    public int Count => entries.Sum(part => part.Count);

    /// <summary>Persons whose states differ from what is committed.</summary>
    public int DirtyCount => dirty.Sum(part => part.Count);

    /// <summary>The person, or null if it isn't in memory.</summary>
    public PersonEntry? Find(CustomerKey person) => entries[Partitioner.PartitionOf(person)].GetValueOrDefault(person);

    /// <summary>The person; one that isn't in memory comes in without a state.</summary>
    public PersonEntry Get(CustomerKey person)
    {
        ref var entry = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(entries[Partitioner.PartitionOf(person)], person, out _);
        return entry ??= new PersonEntry(person) { IsStored = !IsComplete };
    }

    /// <summary>Gives a person another state; null = it has none any more.</summary>
    public void Set(PersonEntry entry, PersonState? state)
    {
        entry.State = state;
        if (entry.IsDirty) return;
        entry.IsDirty = true;
        dirty[Partitioner.PartitionOf(entry.Key)].Add(entry);
    }

    /// <summary>Hands out the persons of a partition whose states differ from what is committed; they count as committed from here on.</summary>
    public List<PersonEntry> TakeDirty(int partition)
    {
        var taken = dirty[partition];
        dirty[partition] = [];
        foreach (var entry in taken) entry.IsDirty = false;
        return taken;
    }

    /// <summary>Makes room where nothing is waiting to be committed: states can be read again at any time, so all go at once.</summary>
    /// <param name="limit">Persons that may stay.</param>
    public void Trim(int limit)
    {
        if (Count > limit) Clear(isComplete: false);
    }

    /// <summary>Forgets everything.</summary>
    /// <param name="isComplete">True if Postgres has no states.</param>
    public void Clear(bool isComplete)
    {
        foreach (var part in entries) part.Clear();
        foreach (var part in dirty) part.Clear();
        IsComplete = isComplete;
    }
}
