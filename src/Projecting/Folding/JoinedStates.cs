using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// What comes before the persons of a batch are folded side by side: those that it joined get the state that they go on from. It may lie in another fold partition, so nobody else
/// may be at work meanwhile.
/// </summary>
internal static class JoinedStates
{
    /// <summary>Gives a joined person the one state there is of those it was, in every instance. From two it can't go on, nor beside somebody who is marked: there it must be folded again.</summary>
    public static void Resolve(PersonWork work, IReadOnlyList<Instance> instances)
    {
        for (var i = 0; i < instances.Count; i++)
            if (!instances[i].FoldsOf(work.Project.Id).IsEmpty && !TryResolve(work, instances[i])) (work.Late ??= []).Add(i);
    }

    private static bool TryResolve(PersonWork work, Instance instance)
    {
        CustomerKey? only = null;
        foreach (var old in work.JoinedFrom!)
        {
            if (instance.Marks.ContainsKey(old.Key)) return false;
            if (!instance.States.Knows(old.Key)) continue;
            if (only is not null) return false;
            only = old.Key;
        }
        if (only is { } from && from != work.Person) instance.States.Move(from, work.Person);
        return true;
    }
}
