using System.Collections.Concurrent;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>By what a process may write to a projection's schemas: every such transaction begins with the proof that it still may.</summary>
internal interface IOwnership
{
    /// <summary>The epoch that the projection's instances carry while they are this process's.</summary>
    long EpochOf(string projection);

    /// <summary>The statement that holds the right until the transaction ends; it fails where another process has it.</summary>
    NpgsqlBatchCommand Fence(string projection);
}

/// <summary>The owner's: the lease.</summary>
internal sealed class LeaseOwnership : IOwnership
{
    // Nobody can take the lease while a write that began with this is under way, and where it was taken the division fails and everything with it.
    private const string Held = "select 1 / count(*) from (select 1 from projecting.lease where epoch = $1 for key share) held";

    /// <summary>The epoch of the lease that this process has: what it writes is refused once another process has a newer one.</summary>
    public long Epoch { get; set; }

    /// <inheritdoc/>
    public long EpochOf(string projection) => Epoch;

    /// <inheritdoc/>
    public NpgsqlBatchCommand Fence(string projection) => Fence();

    /// <summary>The statement that holds the lease until the transaction ends; it fails where another process has it.</summary>
    public NpgsqlBatchCommand Fence() => Sql.Of(Held, Epoch);
}

/// <summary>A follower's: the projections that the owner has lent it.</summary>
internal sealed class ShareOwnership : IOwnership
{
    private const string Held = "select 1 / count(*) from (select 1 from projecting.shares where projection = $1 and epoch = $2 for key share) held";

    private readonly ConcurrentDictionary<string, long> epochs = new(StringComparer.Ordinal);

    /// <summary>Notes under which epoch a projection was lent.</summary>
    public void Set(string projection, long epoch) => epochs[projection] = epoch;

    /// <inheritdoc/>
    public long EpochOf(string projection) => epochs[projection];

    /// <inheritdoc/>
    public NpgsqlBatchCommand Fence(string projection) => Sql.Of(Held, projection, EpochOf(projection));
}
