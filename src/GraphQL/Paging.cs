using System.Globalization;
using System.Text;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>Which page of a connection is asked for; at most one of <see cref="First"/> and <see cref="Last"/> is set.</summary>
/// <param name="First">The first so many items after <paramref name="After"/>.</param>
/// <param name="After">The cursor after which the page begins.</param>
/// <param name="Last">The last so many items before <paramref name="Before"/>.</param>
/// <param name="Before">The cursor before which the page ends.</param>
public sealed record PagingArguments(int? First, string? After, int? Last, string? Before);

/// <summary>An item of a connection with its place in it.</summary>
/// <typeparam name="T">The item.</typeparam>
/// <param name="Node">The item.</param>
/// <param name="Cursor">An opaque string that marks the item's place.</param>
public sealed record Edge<T>(T Node, string Cursor);

/// <summary>Whether there is more around a page.</summary>
/// <param name="HasNextPage">Whether items follow the page.</param>
/// <param name="HasPreviousPage">Whether items precede the page.</param>
/// <param name="StartCursor">The cursor of the page's first item; null if the page is empty.</param>
/// <param name="EndCursor">The cursor of the page's last item; null if the page is empty.</param>
[GraphQLName("PageInfo")]
public sealed record PageInfo(bool HasNextPage, bool HasPreviousPage, string? StartCursor, string? EndCursor);

/// <summary>A page of a longer list, as the Relay cursor connections specification has it.</summary>
/// <typeparam name="T">The item.</typeparam>
/// <param name="Edges">The items with their cursors.</param>
/// <param name="PageInfo">What is around them.</param>
/// <param name="TotalCount">Items of all pages; null where nobody has counted.</param>
public sealed record Connection<T>(IReadOnlyList<Edge<T>> Edges, PageInfo PageInfo, int? TotalCount = null) : IConnection
{
    /// <summary>The items without their cursors.</summary>
    public IEnumerable<T> Nodes => Edges.Select(edge => edge.Node);

    /// <summary>A connection from the items of a page, in order.</summary>
    /// <param name="items">The items.</param>
    /// <param name="cursor">The cursor of an item.</param>
    /// <param name="hasNextPage">Whether items follow.</param>
    /// <param name="hasPreviousPage">Whether items precede.</param>
    /// <param name="totalCount">Items of all pages, if known.</param>
    public static Connection<T> From(IEnumerable<T> items, Func<T, string> cursor, bool hasNextPage, bool hasPreviousPage, int? totalCount = null)
    {
        var edges = items.Select(item => new Edge<T>(item, cursor(item))).ToList();
        return new(edges, new PageInfo(hasNextPage, hasPreviousPage, edges.FirstOrDefault()?.Cursor, edges.LastOrDefault()?.Cursor), totalCount);
    }
}

/// <summary>Marks <see cref="Connection{T}"/>.</summary>
internal interface IConnection;

/// <summary>Checks paging arguments and cuts lists into pages. Cursors of lists are places in the list.</summary>
internal static class ListPaging
{
    /// <summary>The arguments with the default page size filled in.</summary>
    /// <exception cref="GraphQLException">They contradict each other or ask for too much.</exception>
    public static PagingArguments Check(PagingArguments arguments, UsePagingAttribute settings)
    {
        if (arguments is { First: not null, Last: not null })
            throw Refused("Give either first or last, not both.");
        var asked = arguments.First ?? arguments.Last;
        if (asked < 0)
            throw Refused("A page can't have a negative number of items.");
        if (asked > settings.MaxPageSize)
            throw Refused($"A page has at most {settings.MaxPageSize} items; {asked} were asked for. Use the cursors to get further pages.");
        return asked is null ? arguments with { First = settings.DefaultPageSize } : arguments;
    }

    public static Connection<T> Apply<T>(IEnumerable<T> all, PagingArguments arguments)
    {
        var items = all as IReadOnlyList<T> ?? all.ToList();
        var start = arguments.After is { } after ? Math.Min(Decode(after) + 1, items.Count) : 0;
        var end = arguments.Before is { } before ? Math.Clamp(Decode(before), start, items.Count) : items.Count;
        if (arguments.First is { } first)
            end = (int)Math.Min(end, (long)start + first);
        if (arguments.Last is { } last)
            start = Math.Max(start, end - last);
        var edges = new List<Edge<T>>(end - start);
        for (var i = start; i < end; i++)
            edges.Add(new Edge<T>(items[i], Encode(i)));
        var info = new PageInfo(end < items.Count, start > 0, edges.FirstOrDefault()?.Cursor, edges.LastOrDefault()?.Cursor);
        return new Connection<T>(edges, info, items.Count);
    }

    private static string Encode(int index) => Convert.ToBase64String(Encoding.ASCII.GetBytes(index.ToString(CultureInfo.InvariantCulture)));

    private static int Decode(string cursor)
    {
        Span<byte> bytes = stackalloc byte[16];
        return Convert.TryFromBase64String(cursor, bytes, out var length)
            && int.TryParse(bytes[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < int.MaxValue
                ? index
                : throw Refused("The cursor is not one of this list. Take cursors from edges or pageInfo.");
    }

    private static GraphQLException Refused(string message) => new(message, ErrorCodes.BadUserInput);
}
