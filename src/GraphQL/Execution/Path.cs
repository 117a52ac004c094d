namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>A place in the response: a response key (string) or list index (int) below its parent. Compared by reference.</summary>
internal sealed class Path(Path? parent, object key)
{
    public Path? Parent { get; } = parent;

    public IReadOnlyList<object> ToList()
    {
        var keys = new List<object>();
        for (var path = this; path is not null; path = path.Parent)
            keys.Add(path._key);
        keys.Reverse();
        return keys;
    }

    private readonly object _key = key;
}
