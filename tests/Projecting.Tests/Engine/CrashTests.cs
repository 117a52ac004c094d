using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>Whatever breaks between the engine and the database, and when: no event is lost or counted twice.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData(nameof(Cut.BeforeRequest))]
    [InlineData(nameof(Cut.InMiddleOfRequest))]
    [InlineData(nameof(Cut.BeforeAnswer))]
    public async Task A_commit_whose_connection_breaks_is_counted_exactly_once(string how)
    {
        await using var world = await World.CreateAsync();
        await using var proxy = new CuttingProxy(world.Connection().Host!);
        ConnectThrough(world, proxy);
        var shop = await world.CreateShopAsync();
        var random = new Random(7);
        world.Tuning = new EngineTuning(4, 9, 0, 1);
        await world.StartAsync();
        for (var round = 0; round < 8; round++)
        {
            if (round == 4) await shop.DefineAsync(EventSourcedAnalytics.Projects.DefinitionKind.Funnel, "late", new RandomDefinitions(random).Funnel());
            proxy.Arm(Enum.Parse<Cut>(how), random.Next(3));
            await shop.AppendAsync(Scenario.Of(round * 10 + 1, 12).Events());
            await world.SettleAsync();
        }
        Assert.True(proxy.Broken >= 6, $"Only {proxy.Broken} commits were broken.");
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal(await world.ScalarAsync("select count(*) from facts.duplicates"), world.Engine.CountDuplicates());
    }

    [Fact]
    public async Task Backends_that_are_ended_at_any_time_change_no_number()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        world.Tuning = new EngineTuning(3, 5, 0, 1);
        await world.StartAsync();
        for (var round = 0; round < 6; round++)
        {
            await shop.AppendAsync(Scenario.Of(round * 10 + 3, 12).Events());
            await world.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            NpgsqlConnection.ClearPool(world.Source.CreateConnection());
            await world.SettleAsync();
        }
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task Rebuilds_whose_commits_break_go_on_from_what_is_committed_and_leave_the_live_ones_alone()
    {
        await using var world = await World.CreateAsync();
        await using var proxy = new CuttingProxy(world.Connection().Host!);
        ConnectThrough(world, proxy);
        var shop = await world.CreateShopAsync();
        world.Tuning = new EngineTuning(50, 4, 0, 1);
        await world.StartAsync();
        for (var round = 0; round < 3; round++) await shop.AppendAsync(Scenario.Of(round * 10 + 5, 30).Events());
        await world.SettleAsync();
        foreach (var cut in Enum.GetValues<Cut>())
        {
            proxy.Arm(cut, 2);
            string[] together = ["revenue", "activity"];
            await world.Engine.RunRebuildsAsync(together, null, CancellationToken.None);
            foreach (var projection in together)
            {
                var comparison = await world.Engine.CompareAsync(projection, CancellationToken.None);
                Assert.True(comparison.IsEqual && comparison.Cells > 0);
                await world.Engine.DropAsync(projection, CancellationToken.None);
            }
        }
        Assert.Equal(3, proxy.Broken);
        Assert.Null(world.Engine.LastFailure);
    }

    private static void ConnectThrough(World world, CuttingProxy proxy)
    {
        var connection = world.Connection();
        (connection.Host, connection.Port, connection.SslMode) = ("127.0.0.1", proxy.Port, SslMode.Disable);
        world.EngineSource = NpgsqlDataSource.Create(connection.ConnectionString);
    }
}
