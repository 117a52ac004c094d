using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// States that a process had left in memory when it ended, while the cells and the checkpoint went on: those of everybody who came since. Their cells are right, so they are folded again
/// like persons whose events came late, from the first event, and nothing that counts changes.
/// </summary>
/// <param name="Since">Where the states in Postgres stand; null = there are none.</param>
internal sealed record LostStates(LogPosition? Since)
{
    /// <summary>Marks the persons of a part of the log, so that they are folded again; what is in Postgres of them, and of the persons they were, goes.</summary>
    /// <param name="persons">The persons as of the checkpoint, each with those it was where the states stand.</param>
    /// <param name="instance">The instance.</param>
    public static void Mark(PersonBatch persons, Instance instance)
    {
        foreach (var work in persons.All)
        {
            if (instance.FoldsOf(work.Project.Id).IsEmpty) continue;
            foreach (var old in work.JoinedFrom ?? []) Drop(old.Key);
            Drop(work.Person);
            // Who is marked already is applied up to elsewhere.
            if (!instance.Marks.ContainsKey(work.Person)) instance.Mark(work.Person, new Mark(work.Project.Id, instance.Position!.Value.Commit, null));
        }

        void Drop(CustomerKey person) => instance.States.Set(instance.States.Get(person), null);
    }
}
