using EventSourcedAnalytics.Testing;
using Npgsql;

namespace EventSourcedAnalytics.Server.Tests.PrivatePostgres;

public sealed class PostgresFixtureTests
{
    [Fact]
    public async Task Each_fresh_database_is_empty_and_its_own()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostgresFixture.FreshDatabaseAsync()));
        Assert.Equal(3, databases.Distinct().Count());
        foreach (var database in databases)
        {
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                "CREATE TABLE mine (n int); SELECT count(*) FROM pg_class WHERE relname = 'mine'", connection);
            Assert.Equal(1L, await command.ExecuteScalarAsync());
        }
    }
}
