using EventSourcedAnalytics.Projecting.Committing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>What makes a process one that the owner lends projections to: a row with a heartbeat, until it leaves or is given up.</summary>
internal sealed class Membership : IAsyncDisposable
{
    private readonly Heart heart;
    private readonly ILogger logger;

    private Membership(ShareStore store, Guid process, NpgsqlConnection connection, EngineSettings settings, ILogger logger)
    {
        (Process, this.logger) = (process, logger);
        heart = new Heart(store.Connect, connection, beating => ShareStore.TryBeat(beating, process), settings.Lease, logger);
    }

    /// <summary>The number that shares are lent to.</summary>
    public Guid Process { get; }

    /// <summary>True once the owner has given it up.</summary>
    public bool IsLost => heart.IsLost;

    /// <summary>Begins to follow.</summary>
    /// <param name="store">Where it is written.</param>
    /// <param name="projections">What this process can fold: name and version.</param>
    /// <param name="settings">Name and length of a lease.</param>
    /// <param name="logger">Told of what an operator wants to know.</param>
    public static Task<Membership> JoinAsync(ShareStore store, IEnumerable<string> projections, EngineSettings settings, ILogger logger) => Task.Run(() =>
    {
        var (process, connection) = (Guid.NewGuid(), store.Connect());
        try
        {
            ShareStore.Join(connection, process, settings.Name, [.. projections]);
            return new Membership(store, process, connection, settings, logger);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    /// <summary>Ends the heartbeat; what was lent goes back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (await heart.StopAsync(connection => ShareStore.Leave(connection, Process)) is { } reason)
            logger.LogWarning("What this process was lent could not be given back ({Reason}); the owner takes it back when it has heard no heartbeat for a while.", reason);
        await heart.DisposeAsync();
    }
}
