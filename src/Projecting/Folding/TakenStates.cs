using System.Buffers;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// The states that one commit writes in one instance, serialised. A replay commits hundreds of thousands at once, and each would live through several collections: they lie one
/// behind the other in borrowed memory, which is given back once they are written.
/// </summary>
internal sealed class TakenStates : IDisposable
{
    private readonly Part[] parts = new Part[Limits.FoldPartitions];

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
        Parallel.For(0, Limits.FoldPartitions, partition => taken.parts[partition] = new Part(cache.TakeDirty(partition)));
        return taken;
    }

    /// <summary>None.</summary>
    public static TakenStates None()
    {
        var taken = new TakenStates();
        for (var partition = 0; partition < taken.parts.Length; partition++) taken.parts[partition] = new Part([]);
        return taken;
    }

    /// <summary>Gives the memory back: none of the states may be looked at any more.</summary>
    public void Dispose() => Array.ForEach(parts, static part => part.Dispose());

    // The states of one fold partition: a range of keys.
    private sealed class Part : IDisposable
    {
        private const int UsualStateBytes = 128;
        private const int MostChunkBytes = 512 * 1024;

        private readonly (CustomerKey Person, ReadOnlyMemory<byte> State)[] states;
        private readonly List<byte[]> chunks = [];
        private readonly int changedFrom;
        private readonly int count;
        private int used;

        public Part(List<PersonEntry> entries)
        {
            (count, changedFrom) = (entries.Count, entries.Count);
            states = ArrayPool<(CustomerKey, ReadOnlyMemory<byte>)>.Shared.Rent(count);
            var (outer, inner) = (new StateWriter(), new StateWriter());
            foreach (var entry in entries)
            {
                if (entry.IsKnown)
                {
                    entry.Write(outer, inner);
                    states[entry.IsStored ? --changedFrom : AddedCount++] = (entry.Key, Keep(outer.Written));
                }
                else if (entry.IsStored)
                {
                    Gone.Add(entry.Key);
                }
                entry.IsStored = entry.IsKnown;
            }
            Added.AsSpan().Sort(static (left, right) => left.Person.CompareTo(right.Person));
            Changed.AsSpan().Sort(static (left, right) => left.Person.CompareTo(right.Person));
        }

        public int AddedCount { get; private set; }

        public ArraySegment<(CustomerKey Person, ReadOnlyMemory<byte> State)> Added => new(states, 0, AddedCount);

        public ArraySegment<(CustomerKey Person, ReadOnlyMemory<byte> State)> Changed => new(states, changedFrom, count - changedFrom);

        public List<CustomerKey> Gone { get; } = [];

        public void Dispose()
        {
            foreach (var chunk in chunks) ArrayPool<byte>.Shared.Return(chunk);
            ArrayPool<(CustomerKey, ReadOnlyMemory<byte>)>.Shared.Return(states, clearArray: true);
        }

        private ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> state)
        {
            if (chunks.Count == 0 || chunks[^1].Length - used < state.Length)
            {
                chunks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(state.Length, Math.Min(count * UsualStateBytes, MostChunkBytes))));
                used = 0;
            }
            var kept = chunks[^1].AsMemory(used, state.Length);
            state.CopyTo(kept.Span);
            used += state.Length;
            return kept;
        }
    }
}
