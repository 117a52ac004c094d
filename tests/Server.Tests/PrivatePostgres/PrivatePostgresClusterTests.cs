using System.Diagnostics;
using EventSourcedAnalytics.Server.PrivatePostgres;
using EventSourcedAnalytics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventSourcedAnalytics.Server.Tests.PrivatePostgres;

public sealed class PrivatePostgresClusterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Task<PrivatePostgresCluster> StartAsync(string name = "data") =>
        PrivatePostgresCluster.EnsureStartedAsync(folder[name], NullLogger.Instance);

    private static async Task<object?> QueryAsync(PrivatePostgresCluster cluster, string sql)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
        process.WaitForExit();
    }

    [Fact]
    public async Task It_is_made_at_first_use_and_keeps_its_rows_over_a_restart()
    {
        await using (var cluster = await StartAsync())
        {
            await QueryAsync(cluster, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)");
            Assert.Equal("UTF8", await QueryAsync(cluster, "SHOW server_encoding"));
            Assert.Equal("on", await QueryAsync(cluster, "SHOW synchronous_commit"));
            Assert.Equal("", await QueryAsync(cluster, "SHOW listen_addresses"));
        }
        await using var again = await StartAsync();
        Assert.Equal(42, await QueryAsync(again, "SELECT n FROM kept"));
        await again.DisposeAsync();
        Assert.Null(again.ProcessId);
    }

    [Fact]
    public async Task A_killed_postmaster_is_started_again_while_it_is_used()
    {
        await using var cluster = await StartAsync();
        await QueryAsync(cluster, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");
        var killed = cluster.ProcessId!.Value;
        Kill(killed);
        Assert.True(await Eventually.HoldsAsync(() => cluster.ProcessId is { } now && now != killed));
        Assert.True(await Eventually.HoldsAsync(async () => (int)(await QueryAsync(cluster, "SELECT n FROM kept"))! == 7));
    }

    [Fact]
    public async Task A_postmaster_that_was_killed_with_its_owner_is_recovered_by_the_next()
    {
        var postmaster = await StartLikeAKilledOwnerAsync();
        Kill(postmaster.ProcessId!.Value);
        await using var next = await StartAsync();
        Assert.Equal(1, await QueryAsync(next, "SELECT n FROM kept"));
    }

    [Fact]
    public async Task A_cluster_whose_owner_was_killed_is_adopted_and_stopped_by_the_next()
    {
        var postmaster = await StartLikeAKilledOwnerAsync();
        var running = postmaster.ProcessId;
        await using (var next = await StartAsync())
        {
            Assert.Equal(running, next.ProcessId);
            Assert.Equal(1, await QueryAsync(next, "SELECT n FROM kept"));
        }
        Assert.Null(postmaster.ProcessId);
    }

    // A running cluster that nobody holds a lock of: what is left when the owner gets no chance to say goodbye.
    private async Task<Postmaster> StartLikeAKilledOwnerAsync()
    {
        await using (var first = await StartAsync())
            await QueryAsync(first, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
        var postmaster = new Postmaster(await ClusterHome.FindOrMakeAsync(folder["data"], CancellationToken.None), isDurable: true);
        Assert.Equal(Postmaster.Outcome.Started, await postmaster.EnsureRunningAsync(CancellationToken.None));
        return postmaster;
    }

    [Fact]
    public async Task A_stale_pid_file_that_names_another_program_does_not_hinder_the_start()
    {
        string location;
        await using (var cluster = await StartAsync())
            location = cluster.Location;
        // The id of a living process of the very user that PostgreSQL runs as is the one that PostgreSQL itself stumbles over.
        await using var other = await StartAsync("other");
        await File.WriteAllTextAsync(Path.Combine(location, "data", "postmaster.pid"), $"{other.ProcessId}\n{location}/data\n0\n5432\n\n\n");
        await using var again = await StartAsync();
        Assert.Equal(1, await QueryAsync(again, "SELECT 1"));
        Assert.NotEqual(other.ProcessId, again.ProcessId);
    }

    [Fact]
    public async Task Users_of_one_data_directory_share_the_cluster_and_the_last_one_stops_it()
    {
        var first = await StartAsync();
        var second = await StartAsync();
        Assert.NotNull(first.ProcessId);
        Assert.Equal(first.ProcessId, second.ProcessId);
        Assert.Equal(first.ConnectionString, second.ConnectionString);
        await first.DisposeAsync();
        Assert.Equal(1, await QueryAsync(second, "SELECT 1"));
        await second.DisposeAsync();
        Assert.Null(second.ProcessId);
    }

    [Fact]
    public async Task Two_data_directories_have_two_clusters()
    {
        var both = await Task.WhenAll(StartAsync("one"), StartAsync("two"));
        Assert.NotEqual(both[0].ProcessId, both[1].ProcessId);
        await QueryAsync(both[0], "CREATE TABLE only_here (n int)");
        Assert.Equal(0L, await QueryAsync(both[1], "SELECT count(*) FROM pg_class WHERE relname = 'only_here'"));
        foreach (var cluster in both)
            await cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_start_that_was_cut_off_while_the_cluster_was_made_is_begun_anew()
    {
        var home = await ClusterHome.FindOrMakeAsync(folder["data"], CancellationToken.None);
        Directory.CreateDirectory(home.Data + ".new");
        await File.WriteAllTextAsync(Path.Combine(home.Data + ".new", "PG_VERSION"), "15");
        await using var cluster = await StartAsync();
        Assert.Equal(1, await QueryAsync(cluster, "SELECT 1"));
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_gets_its_socket_elsewhere()
    {
        var deep = Path.Combine(Enumerable.Repeat("a-rather-long-name", 8).ToArray());
        await using var cluster = await StartAsync(deep);
        Assert.Equal(1, await QueryAsync(cluster, "SELECT 1"));
        var socket = new NpgsqlConnectionStringBuilder(cluster.ConnectionString).Host!;
        Assert.True(socket.Length < 100, socket);
        await cluster.DisposeAsync();
        Assert.True(await PrivatePostgresCluster.RemoveUnusedAsync(folder[deep], CancellationToken.None));
        Assert.False(Directory.Exists(socket));
    }
}
