using EventSourcedAnalytics.Analysis.Identity;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>What is decided and not committed yet; committed together with the batches it was decided from.</summary>
internal sealed class FactsDelta
{
    public List<(string Project, IdentityLink Link)> Links { get; } = [];

    public List<(string Project, long Position)> Duplicates { get; } = [];

    /// <summary>Order ids, each with the position that claimed it.</summary>
    public Dictionary<(string Project, string OrderId), long> OrderClaims { get; } = [];

    public List<(string Project, long Position)> RepeatedOrders { get; } = [];

    public List<(string Project, long Position, string OrderRules)> FirstPositions { get; } = [];

    /// <summary>Claims an order id.</summary>
    /// <returns>False if it is claimed here already.</returns>
    public bool TryClaim(string project, string orderId, long position) => OrderClaims.TryAdd((project, orderId), position);
}
