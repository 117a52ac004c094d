using System.Text;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Common;

/// <summary>Pages of a sorted list whose cursors are the keys themselves: what comes in between two pages shifts nothing.</summary>
internal static class Keyset
{
    /// <summary>A page.</summary>
    /// <param name="sorted">The whole list, by key.</param>
    /// <param name="paging">What is asked for; only forwards.</param>
    /// <param name="keyOf">The key of an item: its place in the order, never twice.</param>
    /// <param name="order">The order of keys.</param>
    /// <param name="parse">The key of a cursor's text; throws if it is none.</param>
    /// <param name="show">The node of an item.</param>
    public static Connection<TNode> Page<T, TKey, TNode>(
        IReadOnlyList<T> sorted, PagingArguments paging, Func<T, TKey> keyOf, Comparison<TKey> order, Func<string, TKey> parse, Func<T, TNode> show)
        where TKey : notnull
    {
        if (paging.Last is not null || paging.Before is not null) throw ApiError.Invalid("This list is read from its beginning: give 'first' and 'after'.");
        var start = paging.After is { } cursor ? After(sorted, keyOf, order, Read(cursor, parse)) : 0;
        var end = (int)Math.Min(sorted.Count, start + (long)(paging.First ?? 25));
        var edges = new List<Edge<TNode>>(end - start);
        for (var i = start; i < end; i++) edges.Add(new Edge<TNode>(show(sorted[i]), Write(keyOf(sorted[i]).ToString()!)));
        var info = new PageInfo(end < sorted.Count, start > 0, edges.FirstOrDefault()?.Cursor, edges.LastOrDefault()?.Cursor);
        return new Connection<TNode>(edges, info, sorted.Count);
    }

    private static int After<T, TKey>(IReadOnlyList<T> sorted, Func<T, TKey> keyOf, Comparison<TKey> order, TKey key)
    {
        int low = 0, high = sorted.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (order(keyOf(sorted[middle]), key) <= 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static string Write(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    private static TKey Read<TKey>(string cursor, Func<string, TKey> parse)
    {
        var bytes = new byte[cursor.Length];
        return Convert.TryFromBase64String(cursor, bytes, out var length)
            ? parse(Encoding.UTF8.GetString(bytes, 0, length))
            : throw ApiError.Invalid($"'{cursor}' is no cursor of this list.");
    }
}
