using EventSourcedAnalytics.Server.PrivatePostgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSourcedAnalytics.Testing;

/// <summary>A PostgreSQL for one test that does something to it: one that is killed comes back by itself.</summary>
public sealed class OwnPostgres : IAsyncDisposable
{
    private readonly PrivatePostgresCluster cluster;

    private OwnPostgres(PrivatePostgresCluster cluster) => this.cluster = cluster;

    /// <summary>Connects to an empty database.</summary>
    public string ConnectionString => cluster.ConnectionString;

    /// <summary>The folder of its files.</summary>
    public string Location => cluster.Location;

    /// <summary>Process id of the postmaster; null while it isn't running.</summary>
    public int? ProcessId => cluster.ProcessId;

    /// <summary>Makes and starts one in a folder.</summary>
    public static async Task<OwnPostgres> StartAsync(string folder) =>
        new(await PrivatePostgresCluster.EnsureStartedAsync(folder, isDurable: false, NullLogger.Instance, CancellationToken.None));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => cluster.DisposeAsync();
}
