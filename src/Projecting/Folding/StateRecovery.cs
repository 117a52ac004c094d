using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// An instance on its way from where its states stand to its checkpoint: what lies between is folded once more, for the states alone. The cells of all that are in Postgres, so they
/// are dropped; and whoever can't simply be folded on is marked as applied up to the checkpoint, so that the refold changes no cell either.
/// </summary>
internal sealed class StateRecovery
{
    private readonly Instance instance;
    private readonly LostStates lost;
    private readonly LogPosition checkpoint;
    private readonly long events;
    private readonly Dictionary<CustomerKey, Mark> marks;

    /// <summary>Puts an instance with <see cref="Instance.Lost"/> states back to where they stand.</summary>
    public StateRecovery(Instance instance)
    {
        (this.instance, lost, checkpoint, events) = (instance, instance.Lost!, instance.Position!.Value, instance.Events);
        marks = new Dictionary<CustomerKey, Mark>(instance.Marks);
        instance.Position = lost.Since;
        // Nobody has to be looked for in an empty table.
        if (lost.Since is null) instance.States.Clear(isComplete: true);
    }

    /// <summary>Drops the cells of what was folded.</summary>
    public void DropCells()
    {
        instance.TakePending();
        lost.FoundTo = instance.Position ?? lost.FoundTo;
    }

    /// <summary>Once all up to the checkpoint is folded: what is marked now waits for its refold, and all else can be committed.</summary>
    public void End(FactsView facts, ProjectLookup projects)
    {
        DropCells();
        foreach (var (person, mark) in instance.Marks.Where(mark => !marks.ContainsKey(mark.Key)).ToList()) Wait(person, mark.Project);
        foreach (var (customer, id) in lost.Unmarked)
            if (projects(id) is { } project && facts.PersonKeyOf(project, customer, checkpoint.Commit) is var person && !marks.ContainsKey(person)) Wait(person, id);
        // Applied up to elsewhere, and without a state.
        foreach (var (person, mark) in marks) Put(person, mark);
        (instance.Events, instance.Lost, instance.LeavesStates) = (events, null, true);
    }

    private void Wait(CustomerKey person, string project) => Put(person, new Mark(project, checkpoint.Commit, null));

    private void Put(CustomerKey person, Mark mark)
    {
        instance.States.Forget(person);
        instance.Mark(person, mark);
    }
}
