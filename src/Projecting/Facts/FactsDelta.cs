using EventSourcedAnalytics.Analysis.Identity;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>What one batch adds to the facts; committed together with the batch.</summary>
internal sealed class FactsDelta
{
    public List<(string Project, IdentityLink Link)> Links { get; } = [];

    public List<(string Project, long Position)> Duplicates { get; } = [];

    public List<(string Project, string OrderId, long Position)> OrderClaims { get; } = [];

    public List<(string Project, long Position)> RepeatedOrders { get; } = [];

    public List<(string Project, long Position, string OrderRules)> FirstPositions { get; } = [];
}
