using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// A heartbeat in Postgres that others watch: a thread and a connection of its own, because it must not wait behind folds for either.
/// </summary>
internal sealed class Heart : IAsyncDisposable
{
    private readonly Func<NpgsqlConnection> connect;
    private readonly Func<NpgsqlConnection, bool> beat;
    private readonly TimeSpan length;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim stopping = new();
    private readonly CancellationTokenSource lost = new();
    private readonly Thread thread;
    private NpgsqlConnection? connection;

    /// <summary>Begins to beat, five times in the length of a lease.</summary>
    /// <param name="connect">Opens a connection.</param>
    /// <param name="connection">The first one.</param>
    /// <param name="beat">One beat; false if whoever watches has given this process up.</param>
    /// <param name="length">The length of a lease.</param>
    /// <param name="logger">Told of beats that fail.</param>
    public Heart(Func<NpgsqlConnection> connect, NpgsqlConnection connection, Func<NpgsqlConnection, bool> beat, TimeSpan length, ILogger logger)
    {
        (this.connect, this.connection, this.beat, this.length, this.logger) = (connect, connection, beat, length, logger);
        thread = new Thread(Beat) { IsBackground = true, Name = "heartbeat" };
        thread.Start();
    }

    /// <summary>True once a beat was refused.</summary>
    public bool IsLost => lost.IsCancellationRequested;

    /// <summary>Cancelled when a beat is refused.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Does something between two beats.</summary>
    public void Between(Action<NpgsqlConnection> work)
    {
        lock (gate) work(Connection());
    }

    /// <summary>Says that it is lost, without waiting for the next beat.</summary>
    public void Lose() => _ = lost.CancelAsync();

    /// <summary>Stops to beat.</summary>
    /// <param name="goodbye">The last word, if it was not lost.</param>
    /// <returns>Why it could not be said; null if it was, or was not needed.</returns>
    public async Task<string?> StopAsync(Action<NpgsqlConnection> goodbye)
    {
        stopping.Set();
        await Task.Run(thread.Join);
        if (IsLost) return null;
        try { await Task.Run(() => goodbye(Connection())).WaitAsync(length); }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException) { return error.Message; }
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        stopping.Set();
        await Task.Run(thread.Join);
        connection?.Dispose();
        stopping.Dispose();
    }

    private void Beat()
    {
        var (often, retry) = (length / 5, length / 20);
        for (var pause = often; !stopping.Wait(pause);)
        {
            lock (gate)
            {
                try
                {
                    if (IsLost) return;
                    if (!beat(Connection())) Lose();
                    pause = often;
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
        return connection ??= connect();
    }
}
