using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// What happens to a person whose events can't simply be applied: what it contributed is taken back, and its whole history is folded anew; or it waits for that, marked.
/// </summary>
internal sealed class Refolder(FactsView facts)
{
    // One a thread: a journal's room is worth more than what most persons write into it.
    [ThreadStatic]
    private static JournalSink? kept;

    private readonly AppliedParts applied = new(facts);

    // Held to look at instances and to change them, not to fold.
    private readonly Lock gate = new();

    /// <summary>Marks persons, so that they wait: what they contributed so far stays, and nothing more of them is folded until somebody does.</summary>
    /// <returns>Those that may not or can't wait: persons that were joined and stood at different positions have no common one to stay at.</returns>
    public List<(PersonWork Work, List<int> Instances)> Defer(
        List<(PersonWork Work, List<int> Instances)> late, IReadOnlyList<Instance> instances, long checkpoint, Func<PersonWork, bool> mayWait)
    {
        var rest = new List<(PersonWork, List<int>)>();
        foreach (var (work, indices) in late)
        {
            if (mayWait(work)) indices.RemoveAll(index => TryDefer(work, instances[index], checkpoint));
            if (indices.Count > 0) rest.Add((work, indices));
        }
        return rest;
    }

    /// <summary>Folds a person again in one instance. One that can't be folded is parked. Several threads may do so at once, each for another person.</summary>
    /// <param name="work">The person.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="read">All its events up to where the instance will stand.</param>
    /// <param name="checkpoint">Where the instance stands.</param>
    /// <param name="end">Where it will stand.</param>
    public void Refold(PersonWork work, Instance instance, PersonEvents read, long checkpoint, long end)
    {
        var folds = instance.FoldsOf(work.Project.Id);
        var journal = kept ??= new JournalSink();
        journal.Discard();
        List<(OldPerson Old, long Bound)> olds;
        lock (gate) olds = OldsOf(work, instance, checkpoint);
        try
        {
            if (read.Failure is { } failure) throw new InvalidOperationException(failure);
            TakeBack(work, folds, olds, read, journal);
            journal.Sign = 1;
            var state = PersonFolder.Fold(folds, read.ToList(), position => facts.IsRepeatedOrder(work.Project.Id, position, end), journal);
            lock (gate)
            {
                journal.FlushTo(instance.Pending.CellsOf(0));
                Leave(olds, instance);
                instance.States.Write(work.Person, state);
                instance.Pending.Refolds++;
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Park(work, instance, olds, read, error);
        }
    }

    private bool TryDefer(PersonWork work, Instance instance, long checkpoint)
    {
        if (work.Unreadable is not null) return false;
        var olds = OldsOf(work, instance, checkpoint);
        if (!HaveOneBound(olds)) return false;
        Leave(olds, instance);
        instance.Mark(work.Person, new Mark(work.Project.Id, olds[0].Bound, null));
        return true;
    }

    // What the person contributed so far stays; it is no longer folded along until somebody retries. Joined persons that stood at different positions
    // have no common one to stay at, so what they contributed is taken back.
    private void Park(PersonWork work, Instance instance, List<(OldPerson Old, long Bound)> olds, PersonEvents read, Exception error)
    {
        var stays = HaveOneBound(olds);
        var journal = new JournalSink();
        if (!stays) TakeBack(work, instance.FoldsOf(work.Project.Id), olds, read, journal);
        lock (gate)
        {
            journal.FlushTo(instance.Pending.CellsOf(0));
            Leave(olds, instance);
            instance.Mark(work.Person, new Mark(work.Project.Id, stays ? olds[0].Bound : -1, error.Message));
        }
    }

    private void TakeBack(PersonWork work, ProjectFolds folds, List<(OldPerson Old, long Bound)> olds, PersonEvents read, JournalSink journal)
    {
        journal.Sign = -1;
        foreach (var (old, bound) in olds) applied.Fold(work.Project, old.Customers, bound, read, folds, journal);
    }

    // Neither states nor marks of the persons it was stay. The one that names it now is always among them, under the same name.
    private static void Leave(List<(OldPerson Old, long Bound)> olds, Instance instance)
    {
        foreach (var (old, _) in olds)
        {
            instance.Unmark(old.Key);
            instance.States.Forget(old.Key);
        }
    }

    private static bool HaveOneBound(List<(OldPerson Old, long Bound)> olds) => olds.TrueForAll(old => old.Bound == olds[0].Bound);

    // The persons it was, each with the position up to which it is applied.
    private List<(OldPerson Old, long Bound)> OldsOf(PersonWork work, Instance instance, long checkpoint)
    {
        var olds = new List<(OldPerson, long)>();
        foreach (var old in work.JoinedFrom ?? [new OldPerson(work.Person, work.StreamsBy(facts))])
            olds.Add((old, instance.Marks.TryGetValue(old.Key, out var mark) ? mark.AppliedTo : checkpoint));
        return olds;
    }
}
