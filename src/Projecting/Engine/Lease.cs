using EventSourcedAnalytics.Projecting.Committing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// The ownership of every instance, for as long as this process has it. Its heartbeat can't hold it against anybody: whoever takes it raises the epoch, and every write of
/// the old one is refused.
/// </summary>
internal sealed class Lease : IAsyncDisposable
{
    private readonly EngineSettings settings;
    private readonly ILogger logger;
    private readonly Heart heart;

    private Lease(LeaseStore store, EngineSettings settings, ILogger logger, NpgsqlConnection connection, long epoch)
    {
        (this.settings, this.logger, Epoch) = (settings, logger, epoch);
        heart = new Heart(store.Connect, connection, beating => LeaseStore.TryBeat(beating, Epoch), settings.Lease, logger);
    }

    /// <summary>Number of this ownership; grows with every session of the same owner too.</summary>
    public long Epoch { get; private set; }

    /// <summary>True once another process has taken over.</summary>
    public bool IsLost => heart.IsLost;

    /// <summary>Cancelled when another process has taken over.</summary>
    public CancellationToken Lost => heart.Lost;

    /// <summary>Takes a lease that is free.</summary>
    /// <param name="store">Where it is kept.</param>
    /// <param name="seen">How it was found; whoever takes it since then wins.</param>
    /// <param name="settings">Name and length.</param>
    /// <param name="logger">Told of what an operator wants to know.</param>
    /// <returns>The lease, or null if somebody was faster.</returns>
    public static Task<Lease?> TryTakeAsync(LeaseStore store, LeaseRow seen, EngineSettings settings, ILogger logger) => Task.Run(() =>
    {
        var connection = store.Connect();
        try
        {
            if (seen.Owner is not null && LeaseStore.EndWriters(connection, seen.Epoch) is > 0 and var ended)
                logger.LogWarning("{Count} backends of {Owner}, which stopped without giving its lease back, were ended.", ended, seen.Owner);
            if (TryTake(connection, seen.Epoch, settings.Name) is { } epoch) return new Lease(store, settings, logger, connection, epoch);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        connection.Dispose();
        return null;
    });

    /// <summary>Begins another session of the same owner: whatever an earlier one still has under way is waited for, or refused from now on.</summary>
    /// <returns>False if the lease is lost.</returns>
    public Task<bool> RenewAsync() => Task.Run(() =>
    {
        heart.Between(connection =>
        {
            if (IsLost) return;
            if (TryTake(connection, Epoch, settings.Name) is { } epoch) Epoch = epoch;
            else heart.Lose();
        });
        return !IsLost;
    });

    /// <summary>Ends the heartbeat and gives the lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (await heart.StopAsync(connection => LeaseStore.Release(connection, Epoch)) is { } reason)
            logger.LogWarning("The lease could not be given back ({Reason}); another process takes over when it has heard no heartbeat for a while.", reason);
        await heart.DisposeAsync();
    }

    // A follower that hangs in the middle of a write, and is nobody's to watch while there is no owner, must not keep the next one waiting.
    private static long? TryTake(NpgsqlConnection connection, long seen, string owner)
    {
        try { return LeaseStore.TryTake(connection, seen, owner); }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            LeaseStore.EndWriters(connection, seen);
            return LeaseStore.TryTake(connection, seen, owner);
        }
    }
}
