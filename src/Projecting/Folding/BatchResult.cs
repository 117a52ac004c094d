using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>What a batch changes in one instance: written in the same transaction as its checkpoint.</summary>
internal sealed class BatchResult(Instance instance)
{
    public Instance Instance { get; } = instance;

    /// <summary>Summed differences of cells.</summary>
    public CellSet Cells { get; } = new(instance.Projection.Tables);

    /// <summary>New states, serialised.</summary>
    public Dictionary<CustomerKey, byte[]> States { get; } = [];

    /// <summary>Persons that are part of another one now.</summary>
    public HashSet<CustomerKey> Gone { get; } = [];

    /// <summary>Persons newly parked or deferred.</summary>
    public Dictionary<CustomerKey, Mark> Marked { get; } = [];

    /// <summary>Persons that are folded along again.</summary>
    public HashSet<CustomerKey> Unmarked { get; } = [];

    /// <summary>Persons folded again.</summary>
    public int Refolds { get; set; }
}
