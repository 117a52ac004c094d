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
/// <param name="Written">The rows of cells that the commits before wrote; null if it is not known.</param>
/// <param name="States">New states of persons.</param>
/// <param name="Marked">Persons that are not folded along from here on, or whose mark changed.</param>
/// <param name="Unmarked">Persons that are folded along again, each with its project.</param>
internal sealed record InstanceChanges(
    Instance Instance, LogPosition? From, LogPosition To, long Events, CellSet Cells, WrittenCells? Written, TakenStates States,
    IReadOnlyList<KeyValuePair<CustomerKey, Mark>> Marked, IReadOnlyList<KeyValuePair<CustomerKey, string>> Unmarked)
{
    /// <summary>Rows of one table that are certainly new from which on they are copied into it.</summary>
    public int CopiedRows { get; private init; }

    /// <summary>True if states are left in memory for a later commit.</summary>
    public bool LeavesStates { get; private init; }

    /// <summary>Whether the commit before left states in memory.</summary>
    public bool WereStatesLeft { get; private init; }

    /// <summary>Takes what an instance has pending, up to where it stands; from here on it counts as committed, and is lost with its process if the commit fails.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="copiedRows">Rows of one table that are certainly new from which on they are copied into it.</param>
    /// <param name="leavesStates">True to leave states in memory for a later commit.</param>
    public static InstanceChanges TakeFrom(Instance instance, int copiedRows, bool leavesStates = false)
    {
        if (instance.Lost is not null) throw new InvalidOperationException($"{instance.Id} has lost states: nothing is committed before they are there again.");
        var pending = instance.TakePending();
        var (from, to) = (instance.Committed, instance.Position!.Value);
        var (cells, states) = (pending.Sum(), leavesStates ? TakenStates.None() : TakenStates.From(instance.States));
        // Where few rows come at a time nothing is copied, and near the head they never will be more.
        if (from is not null && cells.Rows.Count < copiedRows) instance.Written = null;
        instance.Committed = to;
        var wereLeft = instance.LeavesStates;
        instance.LeavesStates = leavesStates;
        return new InstanceChanges(
            instance, from, to, pending.Events, cells, instance.Written, states,
            [.. pending.Marks.Keys.Where(instance.Marks.ContainsKey).Select(person => KeyValuePair.Create(person, instance.Marks[person]))],
            [.. pending.Marks.Where(person => !instance.Marks.ContainsKey(person.Key))]) { CopiedRows = copiedRows, LeavesStates = leavesStates, WereStatesLeft = wereLeft };
    }
}
