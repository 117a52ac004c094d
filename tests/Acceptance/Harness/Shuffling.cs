namespace EventSourcedAnalytics.Acceptance.Harness;

/// <summary>Orders of arrival, the same for the same seed.</summary>
internal static class Shuffling
{
    /// <summary>Any order.</summary>
    public static T[] Shuffled<T>(this IReadOnlyList<T> items, int seed)
    {
        var shuffled = items.ToArray();
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>Any order in which items of one group keep theirs.</summary>
    public static T[] ShuffledKeepingOrderIn<T, TGroup>(this IReadOnlyList<T> items, Func<T, TGroup> groupOf, int seed)
        where TGroup : notnull
    {
        var waiting = items.GroupBy(groupOf).ToDictionary(group => group.Key, group => new Queue<T>(group));
        return [.. items.Select(groupOf).ToArray().Shuffled(seed).Select(group => waiting[group].Dequeue())];
    }
}
