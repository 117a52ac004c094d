using System.Buffers;
using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>The states that one commit writes in one instance, as they are stored.</summary>
internal sealed class TakenStates : IDisposable
{
    private readonly TakenPart[] parts = new TakenPart[Limits.FoldPartitions];

    private TakenStates()
    {
    }

    /// <summary>How many states there are of persons that have none in Postgres.</summary>
    public int AddedCount => parts.Sum(part => part.AddedCount);

    /// <summary>States of persons that have none in Postgres, in the order of their keys: that of the index that they go into.</summary>
    public IEnumerable<(CustomerKey Person, ReadOnlyMemory<byte> State)> Added => parts.SelectMany(part => part.Added);

    /// <summary>States of persons that have another in Postgres.</summary>
    public IEnumerable<(CustomerKey Person, ReadOnlyMemory<byte> State)> Changed => parts.SelectMany(part => part.Changed);

    /// <summary>Persons that have no state any more.</summary>
    public IReadOnlyList<CustomerKey> Gone => [.. parts.SelectMany(part => part.Gone)];

    /// <summary>Takes the states that differ from what is committed; they count as committed from here on.</summary>
    public static TakenStates From(StateCache cache)
    {
        var taken = new TakenStates();
        Parallel.For(0, Limits.FoldPartitions, partition => taken.parts[partition] = cache.TakeDirty(partition));
        return taken;
    }

    /// <summary>None.</summary>
    public static TakenStates None()
    {
        var taken = new TakenStates();
        for (var partition = 0; partition < taken.parts.Length; partition++) taken.parts[partition] = new TakenPart(0);
        return taken;
    }

    /// <summary>Gives memory back: none of the states may be looked at any more.</summary>
    public void Dispose() => Array.ForEach(parts, static part => part.Dispose());
}

/// <summary>The states of one fold partition: a range of keys.</summary>
internal sealed class TakenPart : IDisposable
{
    private readonly (CustomerKey Person, ReadOnlyMemory<byte> State)[] states;
    private readonly int room;
    private int changedFrom;

    /// <summary>None yet.</summary>
    /// <param name="room">How many there may be.</param>
    public TakenPart(int room)
    {
        (this.room, changedFrom) = (room, room);
        // Hundreds of thousands at once in a replay: in borrowed memory they do not live through several collections.
        states = ArrayPool<(CustomerKey, ReadOnlyMemory<byte>)>.Shared.Rent(room);
    }

    public int AddedCount { get; private set; }

    public ArraySegment<(CustomerKey Person, ReadOnlyMemory<byte> State)> Added => new(states, 0, AddedCount);

    public ArraySegment<(CustomerKey Person, ReadOnlyMemory<byte> State)> Changed => new(states, changedFrom, room - changedFrom);

    /// <summary>Persons that have no state any more.</summary>
    public List<CustomerKey> Gone { get; } = [];

    /// <summary>Adds a state.</summary>
    /// <param name="person">Whose it is.</param>
    /// <param name="state">Its bytes.</param>
    /// <param name="isStored">Whether the person has another in Postgres.</param>
    public void Add(CustomerKey person, ReadOnlyMemory<byte> state, bool isStored) => states[isStored ? --changedFrom : AddedCount++] = (person, state);

    /// <summary>Puts them in the order of the keys.</summary>
    public void Sort()
    {
        Added.AsSpan().Sort(static (left, right) => left.Person.CompareTo(right.Person));
        Changed.AsSpan().Sort(static (left, right) => left.Person.CompareTo(right.Person));
    }

    public void Dispose() => ArrayPool<(CustomerKey, ReadOnlyMemory<byte>)>.Shared.Return(states, clearArray: true);
}
