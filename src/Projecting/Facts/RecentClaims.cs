namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// Order ids that are claimed for certain, of those that came lately: a client and a server mostly tell of one order within seconds, and then nobody has to ask Postgres. It
/// holds at most <see cref="Limits.MaxRecentClaims"/>; the older half goes when there are more.
/// </summary>
internal sealed class RecentClaims
{
    private HashSet<(string Project, string OrderId)> young = [];
    private HashSet<(string Project, string OrderId)> old = [];

    /// <summary>True if it is claimed; null if only what is committed tells.</summary>
    public bool? IsClaimed((string Project, string OrderId) order) => young.Contains(order) || old.Contains(order) ? true : null;

    /// <summary>Notes an order id that is claimed from here on.</summary>
    public void Add((string Project, string OrderId) order)
    {
        if (young.Count >= Limits.MaxRecentClaims / 2) (old, young) = (young, []);
        young.Add(order);
    }

    /// <summary>Forgets an order id: a correction may have taken its claim.</summary>
    public void Remove((string Project, string OrderId) order)
    {
        young.Remove(order);
        old.Remove(order);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        young.Clear();
        old.Clear();
    }
}
