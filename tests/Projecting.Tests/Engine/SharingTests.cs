using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>Several processes share the read models: the owner lends projections to those that stand by, and the numbers are the same.</summary>
public sealed class SharingTests
{
    private static readonly EngineSettings Settings = new() { Name = "owner", Share = true, LendAfter = TimeSpan.Zero, Lease = TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task Two_engines_keep_some_projections_each_and_everybody_answers_for_all()
    {
        await using var world = await StartAsync();
        var shop = await world.CreateShopAsync();
        await using var second = await FollowAsync(world, "second");
        for (var i = 0; i < 4; i++)
        {
            await shop.AppendAsync(Scenario.Of((i * 10) + 3, 10).Events());
            var head = await world.SettleAsync();
            Assert.True(await second.WaitForAsync(head!.Value, TimeSpan.FromSeconds(20), CancellationToken.None));
            await world.AssertAnswersAlikeAsync(second, shop, head.Value);
        }
        await CellAssert.StoredIsNaiveAsync(world, shop);
        foreach (var status in new[] { await world.Engine.GetStatusAsync(false, CancellationToken.None), await second.GetStatusAsync(false, CancellationToken.None) })
        {
            Assert.Equal("owner", status.Owner);
            Assert.Equal(["owner", "second"], status.Instances.Select(instance => instance.Keeper).Distinct().Order());
            Assert.All(status.Instances, instance => Assert.Equal("live", instance.State));
        }
    }

    [Fact]
    public async Task Of_three_engines_the_owner_keeps_no_more_than_it_must()
    {
        await using var world = await StartAsync();
        await using var second = await FollowAsync(world, "second");
        await using var third = await FollowAsync(world, "third");
        Assert.True(await Eventually.HoldsAsync(async () =>
        {
            var kept = (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances.GroupBy(instance => instance.Keeper).Select(group => group.Count()).Order().ToArray();
            return kept is [1, 2, 2];
        }));
    }

    [Fact]
    public async Task A_definition_made_while_its_projection_is_lent_is_backfilled_by_who_keeps_it_and_becomes_part_of_it()
    {
        await using var world = await StartAsync();
        var shop = await world.CreateShopAsync();
        await shop.AppendAsync(Scenario.Of(7, 40).Events());
        await world.SettleAsync();
        await using var second = await FollowAsync(world, "second");
        var definitions = new RandomDefinitions(new Random(5));
        await shop.DefineAsync(DefinitionKind.Funnel, "f", definitions.Funnel());
        await shop.DefineAsync(DefinitionKind.Retention, "r", definitions.Retention());
        await world.SettleAsync();
        await shop.AppendAsync(Scenario.Of(8, 20).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.True(await Eventually.HoldsAsync(async () => await world.ScalarAsync("select count(*) from projecting.instances where grp > 0") == 0));
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task Settings_that_make_other_events_orders_count_everywhere_from_where_the_owner_has_claimed_them()
    {
        await using var world = await StartAsync();
        var shop = await world.CreateShopAsync();
        await using var second = await FollowAsync(world, "second");
        await using var third = await FollowAsync(world, "third");
        await shop.AppendAsync(Shop.Order("ann", "Sold", "o1"), Shop.Order("bob", "Order Completed", "o2"), Shop.Order("cid", "Sold", "o2"), Shop.Order("cid", "Sold", "o1"));
        await world.SettleAsync();
        await world.DoAsync(new ChangeProjectSettings(shop.Id, Revenue: new RevenueSettings { OrderEvents = ["Sold"] }));
        await shop.AppendAsync(Shop.Order("dan", "Sold", "o1"), Shop.Order("dan", "Sold", "o2"), Shop.Order("dan", "Sold", "o3"));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal(3, await world.ScalarAsync("select count(*) from facts.order_repeats"));
    }

    [Fact]
    public async Task What_an_operator_asks_for_is_done_by_the_owner_which_calls_the_projection_back()
    {
        await using var world = await StartAsync();
        var shop = await world.CreateShopAsync();
        await using var second = await FollowAsync(world, "second");
        await shop.AppendAsync(Scenario.Of(11, 60).Events());
        await world.SettleAsync();
        var lent = (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances.First(instance => instance.Keeper == "second").Projection;
        Assert.True((await world.Engine.VerifyAsync(lent, null, CancellationToken.None)).IsEqual);
        Assert.Equal("owner", (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances.First(instance => instance.Projection == lent).Keeper);

        foreach (var projection in world.Projections)
        {
            await world.Engine.RunRebuildAsync(projection.Name, null, CancellationToken.None);
            Assert.True((await world.Engine.CompareAsync(projection.Name, CancellationToken.None)).IsEqual);
            await world.Engine.PromoteAsync(projection.Name, CancellationToken.None);
        }
        await shop.AppendAsync(Scenario.Of(12, 20).Events());
        var head = await world.SettleAsync();
        Assert.True(await second.WaitForAsync(head!.Value, TimeSpan.FromSeconds(20), CancellationToken.None));
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task A_follower_that_becomes_the_owner_goes_on_with_everything_and_one_that_ends_gives_back()
    {
        await using var world = await StartAsync();
        var shop = await world.CreateShopAsync();
        for (var round = 0; round < 3; round++)
        {
            var next = await FollowAsync(world, $"next{round}");
            await shop.AppendAsync(Scenario.Of(round + 20, 20).Events());
            await world.SettleAsync();
            await world.ReplaceAsync(next);
            await shop.AppendAsync(Scenario.Of(round + 30, 20).Events());
            await world.SettleAsync();
            await CellAssert.StoredIsNaiveAsync(world, shop);
        }
        await (await FollowAsync(world, "short")).DisposeAsync();
        Assert.Equal(0, await world.ScalarAsync("select count(*) from projecting.shares") + await world.ScalarAsync("select count(*) from projecting.followers"));
        await shop.AppendAsync(Scenario.Of(40, 20).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task A_follower_held_in_the_middle_of_a_commit_blocks_nobody_and_writes_nothing_when_it_wakes()
    {
        foreach (var point in CommitPoints.All)
        {
            await using var world = await StartAsync();
            var shop = await world.CreateShopAsync();
            using var wake = new ManualResetEventSlim();
            using var held = new ManualResetEventSlim();
            var commits = 0;
            await using var second = await FollowAsync(world, "held", at =>
            {
                if (at != point || Interlocked.Increment(ref commits) != 2) return;
                held.Set();
                wake.Wait(TimeSpan.FromMinutes(1));
            });
            for (var i = 0; !held.IsSet; i++)
            {
                await shop.AppendAsync(Scenario.Of(i + 1, 4).Events());
                Assert.True(await Eventually.HoldsAsync(async () => held.IsSet || world.Engine.Position == await world.Log.GetHeadAsync(CancellationToken.None)));
            }
            try
            {
                // Its heart beats here: it is given up as if it had been silent.
                var process = (await new EventSourcedAnalytics.Projecting.Committing.ShareStore(world.Source).FollowersAsync(CancellationToken.None)).Single().Process;
                await new EventSourcedAnalytics.Projecting.Committing.ShareStore(world.Source).EndWritersAsync(process, CancellationToken.None);
                await world.ExecuteAsync("delete from projecting.followers");
                await shop.AppendAsync(Scenario.Of(99, 10).Events());
                await world.SettleAsync();
            }
            finally
            {
                wake.Set();
            }
            Assert.True(await Eventually.HoldsAsync(() => second.Role == EngineRole.Follower && world.Engine.Role == EngineRole.Owner));
            await shop.AppendAsync(Scenario.Of(98, 10).Events());
            await world.SettleAsync();
            await CellAssert.StoredIsNaiveAsync(world, shop);
        }
    }

    [Fact]
    public async Task A_follower_that_hangs_in_a_write_while_its_heart_beats_does_not_keep_an_operator_waiting()
    {
        await using var world = await World.CreateAsync();
        await world.StartAsync(Settings with { Lease = TimeSpan.FromSeconds(2) });
        var shop = await world.CreateShopAsync();
        using var wake = new ManualResetEventSlim();
        using var held = new ManualResetEventSlim();
        await using var second = await FollowAsync(world, "hangs", at =>
        {
            if (at != CommitPoints.BeforeCommit || held.IsSet) return;
            held.Set();
            wake.Wait(TimeSpan.FromMinutes(1));
        });
        try
        {
            var lent = (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances.First(instance => instance.Keeper == "hangs").Projection;
            await shop.AppendAsync(Scenario.Of(5, 30).Events());
            Assert.True(await Eventually.HoldsAsync(() => held.IsSet));
            Assert.True((await world.Engine.VerifyAsync(lent, null, CancellationToken.None)).IsEqual);
        }
        finally
        {
            wake.Set();
        }
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task An_engine_that_is_told_not_to_share_lends_nothing()
    {
        await using var world = await World.CreateAsync();
        await world.StartAsync(Settings with { Share = false });
        await using var second = world.NewEngine(settings: Settings with { Name = "second" });
        await second.StartAsync(CancellationToken.None);
        var shop = await world.CreateShopAsync();
        Assert.True(await Eventually.HoldsAsync(async () => await world.ScalarAsync("select count(*) from projecting.followers") == 1));
        await shop.AppendAsync(Scenario.Of(1, 20).Events());
        var head = await world.SettleAsync();
        Assert.True(await second.WaitForAsync(head!.Value, TimeSpan.FromSeconds(20), CancellationToken.None));
        Assert.Equal(EngineRole.Standby, second.Role);
        Assert.Equal(0, await world.ScalarAsync("select count(*) from projecting.shares"));
    }

    private static async Task<World> StartAsync()
    {
        var world = await World.CreateAsync();
        await world.StartAsync(Settings);
        return world;
    }

    private static async Task<ProjectionEngine> FollowAsync(World world, string name, Action<string>? atCommitPoint = null)
    {
        var engine = world.NewEngine(settings: Settings with { Name = name, AtCommitPoint = atCommitPoint });
        await engine.StartAsync(CancellationToken.None);
        Assert.True(await Eventually.HoldsAsync(() => engine.Role == EngineRole.Follower), $"{name} is lent nothing.");
        return engine;
    }
}
