using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>The folds that one instance has for one project, with what they look at.</summary>
internal sealed class ProjectFolds
{
    private readonly HashSet<string>? names;

    /// <summary>The folds of a project.</summary>
    /// <param name="folds">Each with the group that its definition came with; see <see cref="StateParts.KeyOf"/>.</param>
    public ProjectFolds(IEnumerable<(IFold Fold, int Origin)> folds)
    {
        var sorted = folds.Select(item => (item.Fold, Part: StateParts.KeyOf(item.Fold.Revision, item.Origin))).OrderBy(item => item.Part).ToList();
        Folds = [.. sorted.Select(item => item.Fold)];
        Parts = [.. sorted.Select(item => item.Part)];
        NeedTraits = Folds.Any(fold => fold.NeedsTraits);
        NeedLatestTraits = NeedTraits && Folds.Any(fold => fold.NeedsLatestTraits);
        names = Folds.Any(fold => fold.Names is null) ? null : Folds.SelectMany(fold => fold.Names!).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>An instance without a definition of the project.</summary>
    public static ProjectFolds None { get; } = new([]);

    /// <summary>In the order of their parts.</summary>
    public IFold[] Folds { get; }

    /// <summary>What the part of each fold is called in persons' states, ascending.</summary>
    public long[] Parts { get; }

    public bool IsEmpty => Folds.Length == 0;

    /// <summary>Names of the activity that some fold takes; null = all.</summary>
    public IReadOnlySet<string>? Activities => names;

    /// <summary>Whether a fold looks at traits.</summary>
    public bool NeedTraits { get; }

    /// <summary>Whether a fold looks at the newest traits: then every identify event folds the person again.</summary>
    public bool NeedLatestTraits { get; }

    /// <summary>Whether the folds take every activity and nothing else: then they can share one array of a person's events.</summary>
    public bool TakeAllActivity => names is null && !NeedTraits;

    /// <summary>Whether a fold is passed the event.</summary>
    public bool Want(AnalyticsEvent e) => e.IsActivity && (names is null || names.Contains(e.Name));

    /// <summary>Whether the event changes what the folds know of a person at all.</summary>
    public bool IsRelevant(AnalyticsEvent e) => Want(e) || (NeedTraits && e.Type == EventType.Identify);
}
