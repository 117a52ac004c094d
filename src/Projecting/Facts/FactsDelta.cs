using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>An event that carries an order id, as it is corrected.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Customer">Whose event it is.</param>
internal readonly record struct OrderMention(long Position, CustomerKey Customer);

/// <summary>From a correction on, an event repeats an order id or doesn't any more.</summary>
/// <param name="Project">The project.</param>
/// <param name="At">Position of the correction.</param>
/// <param name="Position">Position of the event.</param>
/// <param name="IsRepeated">Whether it repeats one from here on.</param>
/// <param name="Customer">Whose event it is.</param>
internal sealed record OrderChange(string Project, long At, long Position, bool IsRepeated, CustomerKey Customer);

/// <summary>What is decided and not committed yet; committed together with the batches it was decided from.</summary>
internal sealed class FactsDelta
{
    /// <summary>What was decided before this, which may still be on its way to Postgres; null = all of it is there.</summary>
    public FactsDelta? Before { get; private set; }

    public List<(string Project, IdentityLink Link)> Links { get; } = [];

    public List<(string Project, long Position)> Duplicates { get; } = [];

    /// <summary>Order ids that came for the first time, each with the event that brought it.</summary>
    public Dictionary<(string Project, string OrderId), OrderMention> OrderClaims { get; } = [];

    /// <summary>Further events with order ids that are claimed.</summary>
    public List<(string Project, string OrderId, OrderMention Mention)> OrderRepeats { get; } = [];

    /// <summary>All events of order ids that a correction gave or took one; they take the place of what is stored.</summary>
    public Dictionary<(string Project, string OrderId), SortedList<long, CustomerKey>> OrdersRewritten { get; } = [];

    public List<OrderChange> OrderChanges { get; } = [];

    /// <summary>Positions that repeated an order id when they came.</summary>
    public List<(string Project, long Position)> RepeatedOrders { get; } = [];

    public List<(string Project, long Position, string OrderRules)> FirstPositions { get; } = [];

    /// <summary>An empty one to go on with when this one is committed.</summary>
    public FactsDelta Next()
    {
        Before = null;
        return new FactsDelta { Before = this };
    }

    /// <summary>Whether an order id is claimed, by what is decided here alone; null = only what is committed tells.</summary>
    public bool? IsClaimed((string Project, string OrderId) order) =>
        OrdersRewritten.TryGetValue(order, out var mentions) ? mentions.Count > 0 : OrderClaims.ContainsKey(order) ? true : null;
}
