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
    private Dictionary<string, IFold[]> folds = new(StringComparer.Ordinal);

    public InstanceId Id { get; } = id;

    public Projection Projection { get; } = projection;

    /// <summary>Number of the ownership; a commit of an older epoch is refused.</summary>
    public long Epoch { get; } = epoch;

    /// <summary>Everything up to here is applied; null = never started, which is not position 0.</summary>
    public LogPosition? Position { get; set; }

    /// <summary>Held while a batch of this instance is at work, and while its folds are replaced.</summary>
    public SemaphoreSlim Busy { get; } = new(1, 1);

    /// <summary>States of persons in memory.</summary>
    public StateCache States { get; } = new();

    /// <summary>Persons that are not folded along.</summary>
    public Dictionary<CustomerKey, Mark> Marks { get; } = [];

    /// <summary>Why its catch-up gave up; null while it goes on.</summary>
    public string? Failure { get; set; }

    /// <summary>True once its schema is dropped: nothing is folded any more.</summary>
    public bool IsDropped { get; set; }

    /// <summary>The revisions this instance keeps.</summary>
    public IReadOnlySet<long> Revisions { get; private set; } = new HashSet<long>();

    /// <summary>The folds of every project.</summary>
    public IReadOnlyDictionary<string, IFold[]> Folds => folds;

    /// <summary>The folds of a project, by revision; empty if the instance has no definition of it.</summary>
    public IFold[] FoldsOf(string project) => folds.GetValueOrDefault(project, []);

    /// <summary>Replaces the folds. States in memory are forgotten, because they hold one state a fold.</summary>
    public void SetFolds(IEnumerable<(string Project, IFold Fold)> all)
    {
        folds = all.GroupBy(item => item.Project, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(item => item.Fold).OrderBy(fold => fold.Revision).ToArray(), StringComparer.Ordinal);
        Revisions = folds.Values.SelectMany(list => list).Select(fold => fold.Revision).ToHashSet();
        States.Clear();
    }
}
