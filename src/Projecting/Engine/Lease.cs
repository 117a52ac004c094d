using EventSourcedAnalytics.Projecting.Committing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// The ownership of every instance, for as long as this process has it. A thread of its own keeps the heartbeat going; it can't hold the lease against anybody: whoever
/// takes it raises the epoch, and every write of the old one is refused.
/// </summary>
internal sealed class Lease : IAsyncDisposable
{
    private readonly LeaseStore store;
    private readonly EngineSettings settings;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim stopping = new();
    private readonly CancellationTokenSource lost = new();
    private readonly Thread heart;
    private NpgsqlConnection? connection;

    private Lease(LeaseStore store, EngineSettings settings, ILogger logger, NpgsqlConnection connection, long epoch)
    {
        (this.store, this.settings, this.logger, this.connection, Epoch) = (store, settings, logger, connection, epoch);
        heart = new Thread(Beat) { IsBackground = true, Name = "lease" };
        heart.Start();
    }

    /// <summary>Number of this ownership; grows with every session of the same owner too.</summary>
    public long Epoch { get; private set; }

    /// <summary>True once another process has taken over.</summary>
    public bool IsLost => lost.IsCancellationRequested;

    /// <summary>Cancelled when another process has taken over.</summary>
    public CancellationToken Lost => lost.Token;

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
            if (LeaseStore.TryTake(connection, seen.Epoch, settings.Name) is { } epoch) return new Lease(store, settings, logger, connection, epoch);
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
        lock (gate)
        {
            if (IsLost) return false;
            if (LeaseStore.TryTake(Connection(), Epoch, settings.Name) is { } epoch) Epoch = epoch;
            else _ = lost.CancelAsync();
        }
        return !IsLost;
    });

    /// <summary>Ends the heartbeat and gives the lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        stopping.Set();
        await Task.Run(heart.Join);
        if (!IsLost)
        {
            try { await Task.Run(() => LeaseStore.Release(Connection(), Epoch)).WaitAsync(settings.Lease); }
            catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException)
            {
                logger.LogWarning("The lease could not be given back ({Reason}); another process takes over when it has heard no heartbeat for a while.", error.Message);
            }
        }
        connection?.Dispose();
        stopping.Dispose();
    }

    private void Beat()
    {
        var (beat, retry) = (settings.Lease / 5, settings.Lease / 20);
        for (var pause = beat; !stopping.Wait(pause);)
        {
            lock (gate)
            {
                try
                {
                    if (IsLost) return;
                    if (!LeaseStore.TryBeat(Connection(), Epoch)) _ = lost.CancelAsync();
                    pause = beat;
                }
                catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException)
                {
                    logger.LogWarning("A heartbeat failed: {Reason}", error.Message);
                    connection?.Dispose();
                    connection = null;
                    pause = retry;
                }
            }
        }
    }

    private NpgsqlConnection Connection()
    {
        if (connection is { State: not System.Data.ConnectionState.Open })
        {
            connection.Dispose();
            connection = null;
        }
        return connection ??= store.Connect();
    }
}
