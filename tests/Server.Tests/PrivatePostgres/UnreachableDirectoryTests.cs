using EventSourcedAnalytics.Server.PrivatePostgres;
using EventSourcedAnalytics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventSourcedAnalytics.Server.Tests.PrivatePostgres;

/// <summary>What happens below a directory that PostgreSQL's user may not enter. Only root meets this.</summary>
public sealed class UnreachableDirectoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public UnreachableDirectoryTests()
    {
        Directory.CreateDirectory(folder["closed"]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => folder.Dispose();

    private string Data => folder["closed/data"];

    private Task<PrivatePostgresCluster> StartAsync(string data) => PrivatePostgresCluster.EnsureStartedAsync(data, NullLogger.Instance);

    private static async Task<object?> QueryAsync(PrivatePostgresCluster cluster, string sql)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    [RootFact]
    public async Task The_cluster_lives_where_its_user_can_go_and_is_found_again()
    {
        string location;
        await using (var cluster = await StartAsync(Data))
        {
            location = cluster.Location;
            Assert.False(location.StartsWith(folder.Path, StringComparison.Ordinal), location);
            await QueryAsync(cluster, "CREATE TABLE kept AS SELECT 5 AS n");
        }
        await using (var again = await StartAsync(Data))
        {
            Assert.Equal(location, again.Location);
            Assert.Equal(5, await QueryAsync(again, "SELECT n FROM kept"));
        }
        Assert.True(await PrivatePostgresCluster.RemoveUnusedAsync(Data, CancellationToken.None));
        Assert.False(Directory.Exists(location));
    }

    [RootFact]
    public async Task A_data_directory_can_be_deleted_together_with_its_database()
    {
        string location;
        await using (var cluster = await StartAsync(Data))
            location = cluster.Location;
        await PrivatePostgresCluster.DeleteWithDataAsync(Data);
        Assert.False(Directory.Exists(location));
        Assert.False(Directory.Exists(Data));
    }

    [RootFact]
    public async Task A_deleted_data_directory_takes_its_database_with_it()
    {
        string location;
        await using (var cluster = await StartAsync(Data))
        {
            location = cluster.Location;
            await QueryAsync(cluster, "CREATE TABLE old AS SELECT 1 AS n");
        }
        Directory.Delete(Data, recursive: true);
        await using (var fresh = await StartAsync(Data))
        {
            Assert.Equal(0L, await QueryAsync(fresh, "SELECT count(*) FROM pg_class WHERE relname = 'old'"));
            Assert.False(Directory.Exists(location));
        }
        Assert.True(await PrivatePostgresCluster.RemoveUnusedAsync(Data, CancellationToken.None));
    }

    [RootFact]
    public async Task A_copied_data_directory_gets_a_database_of_its_own_and_a_moved_one_keeps_its_own()
    {
        string location;
        await using (var cluster = await StartAsync(Data))
            location = cluster.Location;

        var copy = folder["closed/copy"];
        Directory.CreateDirectory(copy + "/postgres");
        File.Copy(Data + "/postgres/location", copy + "/postgres/location");
        await using (var copied = await StartAsync(copy))
            Assert.NotEqual(location, copied.Location);
        Assert.True(await PrivatePostgresCluster.RemoveUnusedAsync(copy, CancellationToken.None));

        var moved = folder["closed/moved"];
        Directory.Move(Data, moved);
        await using (var found = await StartAsync(moved))
            Assert.Equal(location, found.Location);
        Assert.True(await PrivatePostgresCluster.RemoveUnusedAsync(moved, CancellationToken.None));
    }
}

/// <summary>A fact about root; another user's run says that it is skipped.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "needs root: only root runs PostgreSQL as another user";
    }
}
