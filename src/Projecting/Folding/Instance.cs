using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>Names an instance: the schema its tables live in, and its group of definitions within the schema.</summary>
/// <param name="Schema">For example <c>funnels_v1</c>.</param>
/// <param name="Group">0 for what the schema was built with; higher for definitions that were added later.</param>
public readonly record struct InstanceId(string Schema, int Group)
{
    /// <inheritdoc/>
    public override string ToString() => Group == 0 ? Schema : $"{Schema}+{Group}";
}

/// <summary>Up to where a person that isn't folded along is applied, and why.</summary>
/// <param name="Project">Its project.</param>
/// <param name="AppliedTo">Last position in its contributions; -1 = none of its events is. Its contributions are those of the persons that
/// its customers were at that position.</param>
/// <param name="Reason">Why it is parked; null = it only waits for its refold.</param>
public sealed record Mark(string Project, long AppliedTo, string? Reason);

/// <summary>
/// A projection at work: the folds of some definitions, their tables, and one checkpoint that all of it stands at. An instance has one owner process at a time.
/// </summary>
internal sealed class Instance(InstanceId id, Projection projection, long epoch)
{
    private Dictionary<string, ProjectFolds> folds = new(StringComparer.Ordinal);
    private Pending pending = new(projection);

    public InstanceId Id { get; } = id;

    public Projection Projection { get; } = projection;

    /// <summary>Number of the ownership; a commit of an older epoch is refused.</summary>
    public long Epoch { get; } = epoch;

    /// <summary>Everything up to here is applied in memory; null = never started, which is not position 0.</summary>
    public LogPosition? Position { get; set; }

    /// <summary>Where the checkpoint in Postgres stands, or will with the commit under way.</summary>
    public LogPosition? Committed { get; set; }

    /// <summary>The commit of what was taken last: who reads rows of this instance waits for it. Failed with the commit.</summary>
    public Task Landing { get; set; } = Task.CompletedTask;

    /// <summary>Where the checkpoint in Postgres stands for certain.</summary>
    public LogPosition? Landed { get; set; }

    /// <summary>Events applied in all, in memory or committed.</summary>
    public long Events { get; set; }

    /// <summary>Log time of the last event applied by a catch-up, milliseconds since the Unix epoch; null before the first.</summary>
    public long? RecordedAt { get; set; }

    /// <summary>What is applied in memory and not committed.</summary>
    public Pending Pending => pending;

    /// <summary>True after a failure until it is brought back to what is committed: what it holds may be half a batch.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Whether anything waits to be committed.</summary>
    public bool HasPending => !IsBroken && HasChanges;

    private bool HasChanges => Position != Committed || pending.Marks.Count > 0 || pending.Refolds > 0 || LeavesStates;

    /// <summary>Whether the last commit left states in memory: those in Postgres stand further back than the checkpoint.</summary>
    public bool LeavesStates { get; set; }

    /// <summary>States that a process took along which had left them in memory: they are folded again before anything else. Null = those in Postgres stand at the checkpoint.</summary>
    public LostStates? Lost { get; set; }

    /// <summary>Held while a batch of this instance is at work, and while its folds are replaced.</summary>
    public SemaphoreSlim Busy { get; } = new(1, 1);

    /// <summary>States of persons in memory.</summary>
    public StateCache States { get; } = new();

    /// <summary>Persons that are not folded along.</summary>
    public Dictionary<CustomerKey, Mark> Marks { get; } = [];

    /// <summary>How many of them wait for their refold; the others are parked. May be read at any time.</summary>
    public int Waiting { get; private set; }

    /// <summary>Why its catch-up gave up; null while it goes on.</summary>
    public string? Failure { get; set; }

    /// <summary>Groups whose folds became this one's: states of theirs may lie under their numbers still.</summary>
    public IReadOnlyList<int> MergedGroups { get; set; } = [];

    /// <summary>True once its schema is dropped, or another process keeps it: nothing is folded here any more.</summary>
    public bool IsDropped { get; set; }

    /// <summary>The rows of cells that it wrote so far; null if there may be others.</summary>
    public WrittenCells? Written { get; set; }

    /// <summary>Whether it has caught up with what is live, once: then it answers, even where it is a moment behind.</summary>
    public bool IsJoined { get; set; }

    /// <summary>The revisions this instance keeps.</summary>
    public IReadOnlySet<long> Revisions { get; private set; } = new HashSet<long>();

    /// <summary>The parts that its folds have in persons' states.</summary>
    public IReadOnlySet<long> Parts { get; private set; } = new HashSet<long>();

    /// <summary>The folds of every project.</summary>
    public IReadOnlyDictionary<string, ProjectFolds> Folds => folds;

    /// <summary>
    /// Names of the activity that its folds look at; null = all. Folds that join later are of projects without events so far, so a catch-up to where the others stand needs no more.
    /// </summary>
    public IReadOnlySet<string>? Activities =>
        folds.Values.Any(list => list.Activities is null) ? null : folds.Values.SelectMany(list => list.Activities!).ToHashSet(StringComparer.Ordinal);

    /// <summary>The folds of a project; none if the instance has no definition of it.</summary>
    public ProjectFolds FoldsOf(string project) => folds.GetValueOrDefault(project, ProjectFolds.None);

    /// <summary>Replaces the folds. States in memory are forgotten, because they hold one state a fold; nothing may be pending.</summary>
    /// <param name="all">The folds, each with the group that it came with.</param>
    public void SetFolds(IEnumerable<(string Project, IFold Fold, int Origin)> all)
    {
        folds = all.GroupBy(item => item.Project, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new ProjectFolds(group.Select(item => (item.Fold, item.Origin))), StringComparer.Ordinal);
        Revisions = folds.Values.SelectMany(list => list.Folds).Select(fold => fold.Revision).ToHashSet();
        Parts = folds.Values.SelectMany(list => list.Parts).ToHashSet();
        ForgetStored(isEmpty: Committed is null);
    }

    /// <summary>Brings it to what is committed, forgetting all else; no commit may be under way.</summary>
    /// <param name="position">Where the checkpoint stands.</param>
    /// <param name="events">Events applied up to there.</param>
    /// <param name="marks">Persons that are not folded along.</param>
    /// <param name="lost">States that are not committed up to there; null = all are.</param>
    public void Reset(LogPosition? position, long events, IEnumerable<KeyValuePair<CustomerKey, Mark>> marks, LostStates? lost = null)
    {
        (LeavesStates, Lost) = (false, lost);
        (Position, Committed, Landed, Landing, Events) = (position, position, position, Task.CompletedTask, events);
        Marks.Clear();
        foreach (var (person, mark) in marks) Marks.Add(person, mark);
        Waiting = Marks.Values.Count(static mark => mark.Reason is null);
        pending = new Pending(Projection);
        ForgetStored(isEmpty: position is null);
        IsBroken = false;
    }

    private void ForgetStored(bool isEmpty)
    {
        States.Clear(isComplete: isEmpty);
        Written = isEmpty ? new WrittenCells() : null;
    }

    /// <summary>Hands out what is pending, and starts anew.</summary>
    public Pending TakePending()
    {
        var taken = pending;
        pending = new Pending(Projection);
        return taken;
    }

    /// <summary>Marks a person: it isn't folded along from here on.</summary>
    public void Mark(CustomerKey person, Mark mark)
    {
        Unmark(person);
        Marks[person] = mark;
        if (mark.Reason is null) Waiting++;
        pending.Marks[person] = mark.Project;
    }

    /// <summary>Takes a person's mark away, if it has one.</summary>
    public void Unmark(CustomerKey person)
    {
        if (!Marks.Remove(person, out var mark)) return;
        if (mark.Reason is null) Waiting--;
        pending.Marks[person] = mark.Project;
    }
}
