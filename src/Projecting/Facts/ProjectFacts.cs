using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>What the facts stage knows of one project.</summary>
internal sealed class ProjectFacts(string projectId)
{
    private readonly Dictionary<CustomerKey, CustomerId> linked = [];
    private readonly Dictionary<CustomerId, CustomerKey> keys = [];

    public string ProjectId { get; } = projectId;

    public IdentityGraph Identities { get; } = new();

    /// <summary>Position of the project's first event of a customer.</summary>
    public long? FirstPosition { get; set; }

    /// <summary>The rules that order ids were claimed under; null = none decided yet.</summary>
    public string? OrderRules { get; set; }

    /// <summary>Positions that repeat an order id.</summary>
    public PositionSet RepeatedOrders { get; set; } = new();

    /// <summary>By the position of an order: from which corrections on it repeats an order id or doesn't, in log order. Only what corrections changed is here.</summary>
    public Dictionary<long, List<OrderChange>> OrderChanges { get; } = [];

    /// <summary>By the position of a correction: whose orders it changed.</summary>
    public Dictionary<long, List<CustomerKey>> ChangedBy { get; } = [];

    /// <summary>Whether the event at a position repeats an order id as of another position.</summary>
    public bool IsRepeatedOrder(long position, long bound)
    {
        if (OrderChanges.Count > 0 && OrderChanges.TryGetValue(position, out var changes))
            for (var i = changes.Count - 1; i >= 0; i--)
                if (changes[i].At <= bound) return changes[i].IsRepeated;
        return RepeatedOrders.Contains(position);
    }

    /// <summary>Adds the positions behind one and up to another that repeat an order id, as of the latter.</summary>
    public void AddRepeatedOrders(long after, long through, HashSet<long> found)
    {
        found.UnionWith(RepeatedOrders.Between(after + 1, through));
        foreach (var position in OrderChanges.Keys)
        {
            if (position <= after || position > through) continue;
            if (IsRepeatedOrder(position, through)) found.Add(position);
            else found.Remove(position);
        }
    }

    /// <summary>Messages that were skipped because they had come before.</summary>
    public long Duplicates { get; set; }

    /// <summary>Makes a joined customer known by its key.</summary>
    public void Know(CustomerKey key, CustomerId customer) => (linked[key], keys[customer]) = (customer, key);

    /// <summary>The key of a customer that is joined with another; null for the many that are not.</summary>
    public CustomerKey? KeyOf(CustomerId customer) => keys.TryGetValue(customer, out var key) ? key : null;

    /// <summary>The customer behind a key if it is joined with another; null for the many that are not.</summary>
    public CustomerId? LinkedCustomer(CustomerKey key) => linked.TryGetValue(key, out var customer) ? customer : null;
}
