using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>
/// Wakes a process when another one has committed something that it waits for: LISTEN on a connection of its own. It is there for speed only; whoever waits looks again
/// after a while in any case.
/// </summary>
internal sealed class Bell(NpgsqlDataSource source, string channel) : IAsyncDisposable
{
    /// <summary>The channel on which the owner tells that the facts have moved, or that what it lends has changed.</summary>
    public const string Facts = "projecting_facts";

    /// <summary>The channel on which followers tell that they have committed, or given something back.</summary>
    public const string Shares = "projecting_shares";

    private NpgsqlConnection? connection;

    /// <summary>Waits until it rings, but not longer than a time.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            connection ??= await ListenAsync(cancellationToken);
            await connection.WaitAsync(longest, cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException or IOException)
        {
            await DisposeAsync();
            await Task.Delay(longest, cancellationToken);
        }
    }

    /// <summary>Ends the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
        connection = null;
    }

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var opened = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand($"listen {channel}", opened);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }
}
