using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// What happens to a person whose events can't simply be applied: what it contributed is taken back, and its whole history is folded anew; or it waits for that, marked.
/// </summary>
internal sealed class Refolder(FactsView facts)
{
    private readonly AppliedParts applied = new(facts);

    /// <summary>Marks persons, so that they wait: what they contributed so far stays, and nothing more of them is folded until somebody does.</summary>
    /// <returns>Those that may not or can't wait: persons that were joined and stood at different positions have no common one to stay at.</returns>
    public static List<(PersonWork Work, List<int> Instances)> Defer(
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

    /// <summary>Folds a person again in one instance. One that can't be folded is parked.</summary>
    /// <param name="work">The person.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="read">All its events up to where the instance will stand.</param>
    /// <param name="checkpoint">Where the instance stands.</param>
    /// <param name="end">Where it will stand.</param>
    public void Refold(PersonWork work, Instance instance, PersonEvents read, long checkpoint, long end)
    {
        var folds = instance.FoldsOf(work.Project.Id);
        var journal = new JournalSink();
        var cells = instance.Pending.CellsOf(0);
        try
        {
            if (read.Failure is { } failure) throw new InvalidOperationException(failure);
            TakeBack(work, instance, read, checkpoint, journal);
            journal.Sign = 1;
            var state = PersonFolder.Fold(folds, read.Events, position => facts.IsRepeatedOrder(work.Project.Id, position, end), journal);
            journal.FlushTo(cells);
            Leave(work, instance);
            instance.States.Set(instance.States.Get(work.Person), state);
            instance.Pending.Refolds++;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            journal.Discard();
            Park(work, instance, read, checkpoint, error);
        }
    }

    private static bool TryDefer(PersonWork work, Instance instance, long checkpoint)
    {
        if (work.Unreadable is not null) return false;
        var bounds = BoundsOf(work, instance, checkpoint);
        if (bounds.Count > 1) return false;
        Leave(work, instance);
        instance.Mark(work.Person, new Mark(work.Project.Id, bounds[0], null));
        return true;
    }

    // What the person contributed so far stays; it is no longer folded along until somebody retries. Joined persons that stood at different positions
    // have no common one to stay at, so what they contributed is taken back.
    private void Park(PersonWork work, Instance instance, PersonEvents read, long checkpoint, Exception error)
    {
        var bounds = BoundsOf(work, instance, checkpoint);
        if (bounds.Count > 1)
        {
            var journal = new JournalSink();
            TakeBack(work, instance, read, checkpoint, journal);
            journal.FlushTo(instance.Pending.CellsOf(0));
        }
        Leave(work, instance);
        instance.Mark(work.Person, new Mark(work.Project.Id, bounds.Count == 1 ? bounds[0] : -1, error.Message));
    }

    private void TakeBack(PersonWork work, Instance instance, PersonEvents read, long checkpoint, JournalSink journal)
    {
        journal.Sign = -1;
        foreach (var old in OldsOf(work))
            applied.Fold(work.Project, old.Customers, BoundOf(instance, old, checkpoint), read.Events, instance.FoldsOf(work.Project.Id), journal);
    }

    // Neither states nor marks of the persons it was stay.
    private static void Leave(PersonWork work, Instance instance)
    {
        foreach (var old in OldsOf(work))
        {
            instance.Unmark(old.Key);
            instance.States.Set(instance.States.Get(old.Key), null);
        }
    }

    private static List<long> BoundsOf(PersonWork work, Instance instance, long checkpoint) => [.. OldsOf(work).Select(old => BoundOf(instance, old, checkpoint)).Distinct()];

    private static IReadOnlyList<OldPerson> OldsOf(PersonWork work) => work.JoinedFrom ?? [new OldPerson(work.Person, work.Streams)];

    private static long BoundOf(Instance instance, OldPerson old, long checkpoint) => instance.Marks.TryGetValue(old.Key, out var mark) ? mark.AppliedTo : checkpoint;
}
