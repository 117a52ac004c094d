using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>One person of an instance in memory: its key and, in the same object, its state.</summary>
internal sealed class PersonEntry(CustomerKey key) : PersonState
{
    public CustomerKey Key { get; } = key;

    /// <summary>Whether the state differs from what is committed.</summary>
    public bool IsDirty { get; set; }

    /// <summary>False if certainly no state of the person is committed.</summary>
    public bool IsStored { get; set; }

    /// <summary>The batch that asked for it last, by <see cref="StateCache"/>'s count.</summary>
    public uint Batch { get; set; }
}

/// <summary>
/// States of persons in memory, in the fold partitions: each partition is touched by one thread at a time.
/// </summary>
internal sealed class StateCache
{
    private readonly Dictionary<CustomerKey, PersonEntry>[] entries = [.. Enumerable.Range(0, Limits.FoldPartitions).Select(_ => new Dictionary<CustomerKey, PersonEntry>())];
    private readonly List<PersonEntry>[] dirty = [.. Enumerable.Range(0, Limits.FoldPartitions).Select(_ => new List<PersonEntry>())];

    // Counts round after some months: then some persons seem newer than they are, and are read once more.
    private uint batch;

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
        entry ??= new PersonEntry(person) { IsStored = !IsComplete };
        entry.Batch = batch;
        return entry;
    }

    /// <summary>Gives a person another state, or notes that its own has changed; null = it has none any more.</summary>
    public void Set(PersonEntry entry, PersonState? state)
    {
        if (state is null) entry.Forget();
        else if (state != entry) entry.Become(state);
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

    /// <summary>The next batch begins: who is asked for from here on is newer than all before.</summary>
    public void BeginBatch() => batch++;

    /// <summary>
    /// Makes room where nothing is waiting to be committed: states can be read again at any time. Those go that were asked for longest ago, and some more than must, so that it
    /// need not be done again at once.
    /// </summary>
    /// <param name="limit">Persons that may stay.</param>
    public void Trim(int limit)
    {
        if (Count <= limit) return;
        IsComplete = false;
        var tooOld = AgeToGo(limit / 4 * 3);
        foreach (var part in entries)
            foreach (var (person, entry) in part) if (AgeOf(entry) >= tooOld) part.Remove(person);
    }

    /// <summary>Forgets everything.</summary>
    /// <param name="isComplete">True if Postgres has no states.</param>
    public void Clear(bool isComplete)
    {
        foreach (var part in entries) part.Clear();
        foreach (var part in dirty) part.Clear();
        IsComplete = isComplete;
    }

    // The age in batches from which on persons go, so that no more than some stay.
    private uint AgeToGo(int limit)
    {
        var staying = 0;
        foreach (var age in entries.SelectMany(part => part.Values).CountBy(AgeOf).OrderBy(age => age.Key))
        {
            staying += age.Value;
            if (staying > limit) return age.Key;
        }
        return uint.MaxValue;
    }

    private uint AgeOf(PersonEntry entry) => unchecked(batch - entry.Batch);
}
