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
/// <param name="States">New states, serialised.</param>
/// <param name="Gone">Persons that have no state any more.</param>
/// <param name="Marked">Persons that are not folded along from here on, or whose mark changed.</param>
/// <param name="Unmarked">Persons that are folded along again.</param>
internal sealed record InstanceChanges(
    Instance Instance, LogPosition? From, LogPosition To, long Events, CellSet Cells, IReadOnlyList<(CustomerKey Person, byte[] State)> States, IReadOnlyList<CustomerKey> Gone,
    IReadOnlyList<KeyValuePair<CustomerKey, Mark>> Marked, IReadOnlyList<CustomerKey> Unmarked)
{
    /// <summary>Takes what an instance has pending, up to where it stands; from here on it counts as committed.</summary>
    public static InstanceChanges TakeFrom(Instance instance)
    {
        var pending = instance.TakePending();
        var (from, to) = (instance.Committed, instance.Position!.Value);
        var written = new List<(CustomerKey, byte[])>[Limits.FoldPartitions];
        var gone = new List<CustomerKey>[Limits.FoldPartitions];
        Parallel.For(0, Limits.FoldPartitions, partition =>
        {
            (written[partition], gone[partition]) = ([], []);
            var (outer, inner) = (new StateWriter(), new StateWriter());
            foreach (var entry in instance.States.TakeDirty(partition))
            {
                if (entry.State is { } state) written[partition].Add((entry.Key, state.Write(outer, inner)));
                else gone[partition].Add(entry.Key);
            }
        });
        instance.Committed = to;
        return new InstanceChanges(
            instance, from, to, pending.Events, pending.Sum(), [.. written.SelectMany(list => list)], [.. gone.SelectMany(list => list)],
            [.. pending.Marks.Where(instance.Marks.ContainsKey).Select(person => KeyValuePair.Create(person, instance.Marks[person]))],
            [.. pending.Marks.Where(person => !instance.Marks.ContainsKey(person))]);
    }
}
