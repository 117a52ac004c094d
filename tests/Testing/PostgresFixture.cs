using System.Diagnostics;
using System.Globalization;
using EventSourcedAnalytics.Server.PrivatePostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventSourcedAnalytics.Testing;

/// <summary>
/// A real PostgreSQL for tests: one private cluster a test process, in a temporary folder, gone when the process ends.
/// </summary>
public sealed class PostgresFixture
{
    private static readonly Lazy<Task<PostgresFixture>> Shared = new(StartAsync);

    // Open for as long as this process lives; its end is the signal to clean up.
    private static StreamWriter? pipe;

    private readonly PrivatePostgresCluster cluster;
    private int databases;

    private PostgresFixture(PrivatePostgresCluster cluster) => this.cluster = cluster;

    /// <summary>The cluster of this test process; started at the first call.</summary>
    public static Task<PostgresFixture> SharedAsync() => Shared.Value;

    /// <summary>Makes a fresh, empty database and returns its connection string (its pool is small, so that many tests fit side by side).</summary>
    public async Task<string> CreateDatabaseAsync(CancellationToken ct = default)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref databases)}");
        await using var connection = new NpgsqlConnection(cluster.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync(ct);
        return new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Database = name, MaxPoolSize = 20 }.ConnectionString;
    }

    /// <summary>A fresh database in the cluster of this test process; returns its connection string.</summary>
    public static async Task<string> FreshDatabaseAsync(CancellationToken ct = default) =>
        await (await SharedAsync()).CreateDatabaseAsync(ct);

    private static async Task<PostgresFixture> StartAsync()
    {
        var folder = new TemporaryFolder("analytics-tests-").Path;
        var cluster = await PrivatePostgresCluster.EnsureStartedAsync(folder, isDurable: false, NullLogger.Instance, CancellationToken.None);
        RemoveWhenThisProcessEnds(folder, cluster.Location);
        return new PostgresFixture(cluster);
    }

    // A test host is killed as soon as its tests are through, and may be killed before. So a shell outside of it waits for the end of the pipe,
    // which comes however the process ends, then stops PostgreSQL at once and removes its files.
    private static void RemoveWhenThisProcessEnds(string folder, string location)
    {
        const string script = """
            exec 3<&0
            (
              read -r _ <&3
              pid_file=$1/data/postmaster.pid
              kill -QUIT "$(head -n 1 "$pid_file")"
              for _ in $(seq 200); do [ -e "$pid_file" ] || break; sleep 0.05; done
              rm -rf "$0" "$1"
            ) >/dev/null 2>&1 &
            """;
        var start = new ProcessStartInfo("sh", ["-c", script, folder, location]) { RedirectStandardInput = true };
        using var shell = Process.Start(start)!;
        shell.WaitForExit();
        pipe = shell.StandardInput;
    }
}
