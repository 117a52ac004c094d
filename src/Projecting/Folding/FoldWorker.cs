using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>One thread's part of a batch: folds what comes in order, and sets aside what doesn't.</summary>
/// <param name="number">The worker's number.</param>
/// <param name="instances">The instances that fold the batch.</param>
/// <param name="repeatedOrders">The positions of events that are not decoded yet which repeat an order id.</param>
internal sealed class FoldWorker(int number, IReadOnlyList<Instance> instances, IReadOnlySet<long> repeatedOrders)
{
    private readonly JournalSink journal = new();
    private readonly CellSet[] cells = [.. instances.Select(instance => instance.Pending.CellsOf(number))];
    private readonly OwnEvents own = new(repeatedOrders);
    private PersonEvent[] taken = [];

    // Of the taken events of the person at work, how many are those of folds that take all activity; -1 = none are.
    private int shared;

    /// <summary>Persons that must be folded again, with the instances (by index) in which they must.</summary>
    public List<(PersonWork Work, List<int> Instances)> Late { get; } = [];

    /// <summary>Folds one person's part of the batch in every instance.</summary>
    public void Fold(PersonWork work)
    {
        var late = work.Late;
        Span<PersonEvent> events = default;
        var isRead = false;
        shared = -1;
        for (var i = 0; i < instances.Count; i++)
        {
            var instance = instances[i];
            var folds = instance.FoldsOf(work.Project.Id);
            if (folds.IsEmpty || (instance.Marks.Count > 0 && work.JoinedFrom is null && instance.Marks.ContainsKey(work.Person))) continue;
            if (work.Late?.Contains(i) == true) continue;
            if (!isRead && !work.IsCorrected)
            {
                events = own.Of(work);
                isRead = true;
            }
            if (work.Unreadable is not null || work.IsCorrected || !TryFold(work, events, instance, folds, i)) (late ??= []).Add(i);
        }
        if (late is not null) Late.Add((work, late));
    }

    private bool TryFold(PersonWork work, ReadOnlySpan<PersonEvent> events, Instance instance, ProjectFolds folds, int index)
    {
        var count = -1;
        if (!folds.NeedTraits)
        {
            count = folds.TakeAllActivity && shared >= 0 ? shared : PersonFolder.Take(folds, events, RoomFor(events.Length));
            shared = folds.TakeAllActivity ? count : -1;
            if (count == 0) return true;
        }
        else if (!PersonFolder.HasRelevant(folds, events))
        {
            return true;
        }
        ref var slot = ref instance.States.Open(work.Person);
        var state = instance.States.Read(work.Person, slot, folds) ?? PersonState.New(folds);
        if (count < 0)
        {
            shared = -1;
            if (!PersonFolder.CanApply(folds, state, events)) return false;
        }
        else if (taken[0].At <= state.LastAt)
        {
            return false;
        }
        try
        {
            if (count < 0) count = PersonFolder.Take(folds, state, events, RoomFor(events.Length));
            else state.LastAt = taken[count - 1].At;
            PersonFolder.Apply(folds, state, taken.AsSpan(0, count), journal);
        }
        catch (Exception)
        {
            // The refold finds out whether the person can be folded at all.
            journal.Discard();
            return false;
        }
        journal.FlushTo(cells[index]);
        instance.States.Write(work.Person, ref slot, state);
        return true;
    }

    private PersonEvent[] RoomFor(int count)
    {
        if (taken.Length < count) taken = new PersonEvent[Math.Max(count, 2 * taken.Length)];
        return taken;
    }
}
