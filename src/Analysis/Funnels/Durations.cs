namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>How long the step from one step to another took: exact milliseconds and how often each occurred.</summary>
public sealed class Durations
{
    private readonly (long Milliseconds, long Count)[] sorted;

    /// <summary>The durations of these pairs, in any order; equal ones may come apart.</summary>
    public Durations(IEnumerable<(long Milliseconds, long Count)> durations)
    {
        ArgumentNullException.ThrowIfNull(durations);
        sorted = [.. durations.GroupBy(entry => entry.Milliseconds).Select(group => (group.Key, group.Sum(entry => entry.Count))).Where(entry => entry.Item2 != 0).OrderBy(entry => entry.Key)];
        Count = sorted.Sum(entry => entry.Count);
    }

    /// <summary>Nothing converted.</summary>
    public static Durations None { get; } = new([]);

    /// <summary>How many converted.</summary>
    public long Count { get; }

    /// <summary>Mean in seconds; null if nothing converted.</summary>
    public double? AverageSeconds => Count == 0 ? null : (double)sorted.Aggregate(Int128.Zero, (sum, entry) => sum + ((Int128)entry.Milliseconds * entry.Count)) / Count / 1000;

    /// <summary>Median in seconds (of an even number: the mean of the two middle ones); null if nothing converted.</summary>
    public double? MedianSeconds => Quantile(1, 2);

    /// <summary>90th percentile in seconds, linear between the closest ranks; null if nothing converted.</summary>
    public double? P90Seconds => Quantile(9, 10);

    /// <summary>The distinct durations in milliseconds, shortest first, each with its number.</summary>
    public IReadOnlyList<(long Milliseconds, long Count)> Sorted => sorted;

    // Rank (Count - 1) * part / whole, linear between its neighbours.
    private double? Quantile(long part, long whole)
    {
        if (Count == 0) return null;
        var scaled = (Int128)(Count - 1) * part;
        var rank = (long)(scaled / whole);
        var rest = (long)(scaled % whole);
        var low = AtRank(rank);
        return rest == 0 ? low / 1000.0 : (low + ((AtRank(rank + 1) - low) * (double)rest / whole)) / 1000;
    }

    private long AtRank(long rank)
    {
        foreach (var (milliseconds, count) in sorted)
        {
            if (rank < count) return milliseconds;
            rank -= count;
        }
        throw new ArgumentOutOfRangeException(nameof(rank));
    }
}
