using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// States of persons in memory, in the fold partitions: each partition is touched by one thread at a time. They are kept as they are stored, one behind the other in blocks, and are
/// objects only while their person is folded: millions of objects would be looked at, and most of them moved, by the collections of garbage that a replay makes.
/// </summary>
internal sealed class StateCache
{
    private readonly StatePart[] parts = [.. Enumerable.Range(0, Limits.FoldPartitions).Select(_ => new StatePart())];

    // Counts round after some months: then some persons seem newer than they are, and are read once more.
    private uint batch;

    /// <summary>True while a person that isn't here has no state in Postgres either.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Persons in memory, those included of whom it is known that they have no state.</summary>
    public int Count => parts.Sum(static part => part.Slots.Count);

    /// <summary>Persons whose states differ from what is committed.</summary>
    public int DirtyCount => parts.Sum(static part => part.Dirty.Count);

    /// <summary>Whether a person is in memory.</summary>
    public bool Holds(CustomerKey person) => PartOf(person).Slots.ContainsKey(person);

    /// <summary>Whether a person in memory has a state.</summary>
    public bool Knows(CustomerKey person) => PartOf(person).Slots.TryGetValue(person, out var slot) && slot.IsKnown;

    /// <summary>The place of a person's state, so that it is looked for once; valid until another person of its partition comes in.</summary>
    public ref StateSlot Open(CustomerKey person) => ref SlotOf(PartOf(person), person);

    /// <summary>The state at a place, which is the caller's own; null if there is none.</summary>
    public PersonState? Read(CustomerKey person, in StateSlot slot, ProjectFolds folds) => slot.IsKnown ? PersonState.Read(folds, PartOf(person).BytesOf(slot).Span) : null;

    /// <summary>Gives a person a state, at its place.</summary>
    public void Write(CustomerKey person, ref StateSlot slot, PersonState state)
    {
        var part = PartOf(person);
        state.Write(part.Writer);
        Change(part, person, ref slot, part.Writer.Written);
    }

    /// <summary>Gives a person a state.</summary>
    public void Write(CustomerKey person, PersonState state) => Write(person, ref Open(person), state);

    /// <summary>Takes a person's state away, if it has one.</summary>
    public void Forget(CustomerKey person) => Change(PartOf(person), person, ref Open(person), []);

    /// <summary>Gives the state of a person to another.</summary>
    public void Move(CustomerKey from, CustomerKey to)
    {
        var part = PartOf(from);
        Change(PartOf(to), to, ref Open(to), part.BytesOf(part.Slots[from]).Span);
        Forget(from);
    }

    /// <summary>Takes a person in that is not in memory, as it is committed.</summary>
    /// <param name="person">The person.</param>
    /// <param name="state">Its state; null = it has none.</param>
    public void Load(CustomerKey person, byte[]? state)
    {
        var part = PartOf(person);
        ref var slot = ref SlotOf(part, person);
        slot.IsStored = state is not null;
        if (state is not null) part.Put(ref slot, state);
    }

    /// <summary>Hands out the states of a partition that differ from what is committed; they count as committed from here on.</summary>
    public TakenPart TakeDirty(int partition) => parts[partition].TakeDirty();

    /// <summary>The next batch begins: who is asked for from here on is newer than all before.</summary>
    public void BeginBatch() => batch++;

    /// <summary>
    /// Makes room: states that are committed can be read again at any time. Those go that were asked for longest ago, and some more than must, so that it need not be done again
    /// at once.
    /// </summary>
    /// <param name="limit">Persons that may stay.</param>
    public void Trim(int limit)
    {
        if (Count <= limit) return;
        IsComplete = false;
        var tooOld = AgeToGo(limit / 4 * 3);
        foreach (var part in parts)
            foreach (var (person, slot) in part.Slots) if (AgeOf(slot) >= tooOld && !slot.IsDirty) part.Remove(person, slot);
    }

    /// <summary>Forgets everything.</summary>
    /// <param name="isComplete">True if Postgres has no states.</param>
    public void Clear(bool isComplete)
    {
        foreach (var part in parts) part.Clear();
        IsComplete = isComplete;
    }

    private StatePart PartOf(CustomerKey person) => parts[Partitioner.PartitionOf(person)];

    private ref StateSlot SlotOf(StatePart part, CustomerKey person)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(part.Slots, person, out var isKnown);
        if (!isKnown) slot.IsStored = !IsComplete;
        slot.Batch = batch;
        return ref slot;
    }

    private static void Change(StatePart part, CustomerKey person, ref StateSlot slot, ReadOnlySpan<byte> state)
    {
        part.Put(ref slot, state);
        if (slot.IsDirty) return;
        slot.IsDirty = true;
        part.Dirty.Add(person);
    }

    // The age in batches from which on persons go, so that no more than some stay.
    private uint AgeToGo(int limit)
    {
        var staying = 0;
        foreach (var age in parts.SelectMany(static part => part.Slots.Values).CountBy(AgeOf).OrderBy(age => age.Key))
        {
            staying += age.Value;
            if (staying > limit) return age.Key;
        }
        return uint.MaxValue;
    }

    private uint AgeOf(StateSlot slot) => unchecked(batch - slot.Batch);
}
