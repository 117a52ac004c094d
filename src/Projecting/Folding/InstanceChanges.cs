using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>All that one commit changes in one instance: written in the same transaction as its checkpoint.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="From">Where its checkpoint stands; null = it was never written, and its tables are empty.</param>
/// <param name="To">Where its checkpoint moves to.</param>
/// <param name="Events">Events applied in between.</param>
/// <param name="Cells">Summed differences of cells.</param>
/// <param name="States">New states, serialised: first those of persons that have none in Postgres, in the order of their keys.</param>
/// <param name="Added">How many of <paramref name="States"/> these are.</param>
/// <param name="Gone">Persons that have no state any more.</param>
/// <param name="Marked">Persons that are not folded along from here on, or whose mark changed.</param>
/// <param name="Unmarked">Persons that are folded along again.</param>
internal sealed record InstanceChanges(
    Instance Instance, LogPosition? From, LogPosition To, long Events, CellSet Cells, IReadOnlyList<(CustomerKey Person, byte[] State)> States, int Added,
    IReadOnlyList<CustomerKey> Gone, IReadOnlyList<KeyValuePair<CustomerKey, Mark>> Marked, IReadOnlyList<CustomerKey> Unmarked)
{
    /// <summary>Takes what an instance has pending, up to where it stands; from here on it counts as committed, and is lost with its process if the commit fails.</summary>
    public static InstanceChanges TakeFrom(Instance instance)
    {
        var pending = instance.TakePending();
        var (from, to) = (instance.Committed, instance.Position!.Value);
        var states = new TakenStates[Limits.FoldPartitions];
        Parallel.For(0, Limits.FoldPartitions, partition => states[partition] = TakenStates.From(instance.States.TakeDirty(partition)));
        List<(CustomerKey Person, byte[] State)> all = new(states.Sum(part => part.Added.Count + part.Changed.Count));
        foreach (var part in states) all.AddRange(part.Added);
        var added = all.Count;
        foreach (var part in states) all.AddRange(part.Changed);
        instance.Committed = to;
        return new InstanceChanges(
            instance, from, to, pending.Events, pending.Sum(), all, added, [.. states.SelectMany(part => part.Gone)],
            [.. pending.Marks.Where(instance.Marks.ContainsKey).Select(person => KeyValuePair.Create(person, instance.Marks[person]))],
            [.. pending.Marks.Where(person => !instance.Marks.ContainsKey(person))]);
    }

    // The states of one partition.
    private readonly record struct TakenStates(List<(CustomerKey Person, byte[] State)> Added, List<(CustomerKey Person, byte[] State)> Changed, List<CustomerKey> Gone)
    {
        public static TakenStates From(List<PersonEntry> entries)
        {
            var taken = new TakenStates([], [], []);
            var (outer, inner) = (new StateWriter(), new StateWriter());
            foreach (var entry in entries)
            {
                if (entry.IsKnown) (entry.IsStored ? taken.Changed : taken.Added).Add((entry.Key, entry.Write(outer, inner)));
                else if (entry.IsStored) taken.Gone.Add(entry.Key);
                entry.IsStored = entry.IsKnown;
            }
            // In the order of the index that they go into, as the partitions are.
            taken.Added.Sort(static (left, right) => left.Person.Value.CompareTo(right.Person.Value));
            return taken;
        }
    }
}
