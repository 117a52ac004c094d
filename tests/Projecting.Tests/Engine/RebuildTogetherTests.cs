using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>Several projections are rebuilt in one pass over the log, and what happens to one of them is nothing to the others.</summary>
public sealed class RebuildTogetherTests
{
    [Fact]
    public async Task All_projections_are_rebuilt_while_the_log_is_read_once()
    {
        WatchedLog? watched = null;
        await using var world = await World.CreateAsync(log => watched = new WatchedLog(log));
        var shop = await StartAsync(world, EngineTuning.Default);
        var before = watched!.EventsRead;
        var told = new List<RebuildProgress>();
        var schemas = await world.Engine.RunRebuildsAsync(world.Engine.Projections, new Told(told), CancellationToken.None);

        Assert.Equal(world.Engine.Projections.Select(projection => projection + "_v1_r2"), schemas);
        Assert.InRange(watched.EventsRead - before, 1, await EventsAsync(world));
        Assert.Equal(1, told[^1].Fraction);
        foreach (var projection in world.Engine.Projections)
        {
            await AssertEqualAsync(world, projection);
            await world.Engine.PromoteAsync(projection, CancellationToken.None);
        }
        await shop.AppendAsync(Scenario.Of(7, 20).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task Nothing_is_begun_where_one_of_them_is_there_already()
    {
        await using var world = await World.CreateAsync();
        await StartAsync(world, EngineTuning.Default);
        var beside = await world.Engine.RunRebuildAsync("revenue", null, CancellationToken.None);
        var error = await Assert.ThrowsAsync<RebuildException>(() => world.Engine.RunRebuildsAsync(world.Engine.Projections, null, CancellationToken.None));
        Assert.Contains(beside, error.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await world.ScalarAsync("select count(*) from projecting.instances where schema_name like '%\\_r2'"));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => world.Engine.RunRebuildsAsync(["activity", "nothing"], null, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => world.Engine.RunRebuildsAsync([], null, CancellationToken.None));
    }

    [Fact]
    public async Task One_that_can_not_be_written_stops_alone_and_says_why()
    {
        await using var world = await World.CreateAsync();
        using var held = new HeldCommit(CommitPoints.BeforeBegin);
        await StartAsync(world, EngineTuning.Default, new EngineSettings { AtCommitPoint = held.At });
        held.Hold();
        var rebuilding = world.Engine.RunRebuildsAsync(world.Engine.Projections, null, CancellationToken.None);
        await held.Reached;
        await world.ExecuteAsync("drop table activity_v1_r2.activity_events");
        held.Release();

        var error = await Assert.ThrowsAsync<RebuildException>(() => rebuilding);
        Assert.Contains("The rebuild of 'activity' stopped", error.Message, StringComparison.Ordinal);
        Assert.Contains("activity_events", error.Message, StringComparison.Ordinal);
        foreach (var projection in world.Engine.Projections)
        {
            if (projection == "activity") continue;
            Assert.DoesNotContain($"'{projection}'", error.Message, StringComparison.Ordinal);
            await AssertEqualAsync(world, projection);
        }
        Assert.Equal(["activity_v1_r2"], await world.Engine.DropAsync("activity", CancellationToken.None));
        Assert.Null(world.Engine.LastFailure);
    }

    [Fact]
    public async Task One_that_is_dropped_meanwhile_leaves_the_others_to_go_on()
    {
        await using var world = await World.CreateAsync();
        using var held = new HeldCommit(CommitPoints.BeforeBegin);
        await StartAsync(world, new EngineTuning(20, 4, 2, 9), new EngineSettings { AtCommitPoint = held.At });
        held.Hold();
        var rebuilding = world.Engine.RunRebuildsAsync(world.Engine.Projections, null, CancellationToken.None);
        await held.Reached;
        var dropping = world.Engine.DropAsync("revenue", CancellationToken.None);
        held.Release();
        Assert.Equal(["revenue_v1_r2"], await dropping);
        await Record.ExceptionAsync(() => rebuilding);

        foreach (var projection in world.Engine.Projections)
        {
            if (projection == "revenue") await Assert.ThrowsAsync<RebuildException>(() => world.Engine.CompareAsync(projection, CancellationToken.None));
            else await AssertEqualAsync(world, projection);
        }
        Assert.Null(world.Engine.LastFailure);
    }

    private static async Task<Shop> StartAsync(World world, EngineTuning tuning, EngineSettings? settings = null)
    {
        var shop = await world.CreateShopAsync();
        world.Tuning = tuning;
        await world.StartAsync(settings);
        for (var round = 0; round < 3; round++) await shop.AppendAsync(Scenario.Of((round * 10) + 5, 30).Events());
        await world.SettleAsync();
        return shop;
    }

    private static async Task AssertEqualAsync(World world, string projection)
    {
        var comparison = await world.Engine.CompareAsync(projection, CancellationToken.None);
        Assert.True(comparison.IsEqual, $"{projection}: {comparison.DifferenceCount} differences");
    }

    private static async Task<long> EventsAsync(World world)
    {
        long events = 0;
        await foreach (var page in world.Memory.SubscribeToAllAsync(null, 1_000, EventLog.StreamFilter.ExcludeSystem, CancellationToken.None))
        {
            events += page.Events.Count;
            if (page.IsHead) break;
        }
        return events;
    }

    private sealed class Told(List<RebuildProgress> told) : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value) => told.Add(value);
    }
}
