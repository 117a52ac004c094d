using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>
/// Which positions repeat an order id that an earlier position of the project holds. For a bounded set of events in memory; the running system keeps the same
/// facts in its store.
/// </summary>
public sealed class OrderClaims
{
    private readonly HashSet<long> repeated = [];

    /// <summary>Goes through a project's events (without duplicate messages), in any order of any number of customers.</summary>
    public OrderClaims(OrderEvents orders, IEnumerable<AnalyticsEvent> events)
    {
        ArgumentNullException.ThrowIfNull(orders);
        ArgumentNullException.ThrowIfNull(events);
        var first = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var e in events)
        {
            if (orders.ClaimOf(e) is not { } id) continue;
            if (!first.TryGetValue(id, out var holder)) first.Add(id, e.Position);
            else
            {
                repeated.Add(Math.Max(holder, e.Position));
                first[id] = Math.Min(holder, e.Position);
            }
        }
    }

    /// <summary>True if an earlier position holds the order id of the event at this one.</summary>
    public bool IsRepeated(long position) => repeated.Contains(position);
}
