using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>One thread's part of a batch: folds what comes in order, and sets aside what doesn't.</summary>
internal sealed class FoldWorker(int number, IReadOnlyList<Instance> instances)
{
    private readonly JournalSink journal = new();
    private readonly CellSet[] cells = [.. instances.Select(instance => instance.Pending.CellsOf(number))];
    private PersonEvent[] events = [];

    /// <summary>Persons that must be folded again, with the instances (by index) in which they must.</summary>
    public List<(PersonWork Work, List<int> Instances)> Late { get; } = [];

    /// <summary>Folds one person's part of the batch in every instance.</summary>
    public void Fold(PersonWork work)
    {
        if (work.Unreadable is null) PersonFolder.Sort(work.Events);
        List<int>? late = null;
        var shared = -1;
        for (var i = 0; i < instances.Count; i++)
        {
            var instance = instances[i];
            var folds = instance.FoldsOf(work.Project.Id);
            if (folds.IsEmpty || (instance.Marks.Count > 0 && work.JoinedFrom is null && instance.Marks.ContainsKey(work.Person))) continue;
            if (work.Unreadable is not null || work.IsCorrected || !TryFold(work, instance, folds, i, ref shared)) (late ??= []).Add(i);
        }
        if (late is not null) Late.Add((work, late));
    }

    private bool TryFold(PersonWork work, Instance instance, ProjectFolds folds, int index, ref int shared)
    {
        var count = -1;
        if (!folds.NeedTraits)
        {
            count = folds.TakeAllActivity && shared >= 0 ? shared : PersonFolder.Take(folds, work.Events, RoomFor(work.Events.Count));
            shared = folds.TakeAllActivity ? count : -1;
            if (count == 0 && work.JoinedFrom is null) return true;
        }
        else if (!PersonFolder.HasRelevant(folds, work.Events) && work.JoinedFrom is null)
        {
            return true;
        }
        if (!TryFindEntry(work, instance, out var entry)) return false;
        var isNew = !entry.IsKnown;
        if (count < 0)
        {
            shared = -1;
            if (!PersonFolder.CanApply(folds, entry, work.Events)) return false;
        }
        else if (count > 0 && events[0].At <= entry.LastAt)
        {
            return false;
        }
        try
        {
            if (isNew) entry.Begin(folds);
            if (count < 0) count = PersonFolder.Take(folds, entry, work.Events, RoomFor(work.Events.Count));
            else if (count > 0) entry.LastAt = events[count - 1].At;
            PersonFolder.Apply(folds, entry, events.AsSpan(0, count), journal);
        }
        catch (Exception)
        {
            // The state may be half changed: the refold makes a new one, and finds out whether the person can be folded at all.
            journal.Discard();
            if (isNew) entry.Forget();
            return false;
        }
        journal.FlushTo(cells[index]);
        Keep(work, instance, entry);
        return true;
    }

    private PersonEvent[] RoomFor(int count)
    {
        if (events.Length < count) events = new PersonEvent[Math.Max(count, 2 * events.Length)];
        return events;
    }

    private static void Keep(PersonWork work, Instance instance, PersonEntry entry)
    {
        var own = entry.Key == work.Person ? entry : instance.States.Get(work.Person);
        instance.States.Set(own, entry);
        if (own != entry) instance.States.Set(entry, null);
    }

    // A person that was joined in this batch can go on from the one state there is; from two it must be folded again.
    private static bool TryFindEntry(PersonWork work, Instance instance, out PersonEntry entry)
    {
        entry = instance.States.Get(work.Person);
        if (work.JoinedFrom is null) return true;
        PersonEntry? only = null;
        foreach (var old in work.JoinedFrom)
        {
            if (instance.Marks.ContainsKey(old.Key)) return false;
            if (instance.States.Find(old.Key) is not { IsKnown: true } found) continue;
            if (only is not null) return false;
            only = found;
        }
        entry = only ?? entry;
        return true;
    }
}
