using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>Several processes on one database: one folds, the others answer from what it committed and go on when it is gone.</summary>
public sealed class LeaseTests
{
    private static readonly EngineSettings Short = new() { Lease = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task Of_two_engines_the_second_stands_by_answers_from_the_database_and_says_who_folds()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await world.StartAsync(Short with { Name = "first" });
        await using var second = world.NewEngine(settings: Short with { Name = "second" });
        await second.StartAsync(CancellationToken.None);
        Assert.Equal((EngineRole.Owner, "first", EngineRole.Standby, "first"), (world.Engine.Role, world.Engine.Owner, second.Role, second.Owner));

        for (var i = 0; i < 4; i++)
        {
            await shop.AppendAsync(Scenario.Of(i * 10 + 1, 10).Events());
            var head = await world.SettleAsync();
            Assert.True(await second.WaitForAsync(head!.Value, TimeSpan.FromSeconds(20), CancellationToken.None));
            await world.AssertAnswersAlikeAsync(second, shop, head.Value);
        }
        var refused = await Assert.ThrowsAsync<RebuildException>(() => second.RunRebuildAsync("funnels", null, CancellationToken.None));
        Assert.Contains("run by first", refused.Message, StringComparison.Ordinal);
        Assert.Null((await second.GetStatusAsync(false, CancellationToken.None)).LastFailure);
        Assert.Equal(world.Engine.CountDuplicates(), (await second.GetStatusAsync(false, CancellationToken.None)).Duplicates);
    }

    [Fact]
    public async Task A_clean_end_hands_over_at_once_again_and_again_and_nothing_is_lost_or_counted_twice()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        world.Tuning = new EngineTuning(3, 5, 0, 1);
        // A lease so long that only giving it back lets another go on within the time of a test.
        var settings = new EngineSettings { Lease = TimeSpan.FromMinutes(10) };
        await world.StartAsync(settings);
        for (var round = 0; round < 4; round++)
        {
            var next = world.NewEngine(settings: settings);
            await next.StartAsync(CancellationToken.None);
            Assert.Equal(EngineRole.Standby, next.Role);
            await shop.AppendAsync(Scenario.Of(round * 10 + 2, 20).Events());
            await world.ReplaceAsync(next);
            await world.SettleAsync();
            Assert.Equal(EngineRole.Owner, world.Engine.Role);
        }
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task What_a_standby_read_ahead_under_other_order_rules_is_read_again_when_it_takes_over()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        var settings = new EngineSettings { Lease = TimeSpan.FromMinutes(10) };
        await world.StartAsync(settings);
        var next = world.NewEngine(settings: settings);
        await next.StartAsync(CancellationToken.None);
        await shop.AppendAsync(Shop.Order("ann", "Sold", "o1"), Shop.Order("bob", "Order Completed", "o2"));
        var head = await world.SettleAsync();
        Assert.True(await next.WaitForAsync(head!.Value, TimeSpan.FromSeconds(20), CancellationToken.None));
        await world.DoAsync(new ChangeProjectSettings(shop.Id, Revenue: new RevenueSettings { OrderEvents = ["Sold"] }));
        await shop.AppendAsync(Shop.Order("cid", "Sold", "o3"));
        await world.SettleAsync();
        await world.ReplaceAsync(next);
        await shop.AppendAsync(Shop.Order("dan", "Sold", "o1"), Shop.Order("dan", "Sold", "o2"), Shop.Order("dan", "Sold", "o3"));
        await world.SettleAsync();
        Assert.Equal(2, await world.ScalarAsync("select count(*) from facts.order_repeats"));
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task An_owner_whose_lease_is_taken_becomes_a_standby_and_goes_on_when_it_is_its_turn_again()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await world.StartAsync(Short);
        await shop.AppendAsync(Shop.Track(CustomerId.User("u"), "a", 0));
        await world.SettleAsync();

        await world.ExecuteAsync("update projecting.lease set epoch = epoch + 1, owner = 'somebody', beat = 0");
        Assert.True(await Eventually.HoldsAsync(() => world.Engine.Role == EngineRole.Standby && world.Engine.Owner == "somebody"));
        Assert.True(await Eventually.HoldsAsync(() => world.Engine.Role == EngineRole.Owner));
        await shop.AppendAsync(Shop.Track(CustomerId.User("u"), "a", 1));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task What_a_newer_program_has_written_is_not_gone_on_with()
    {
        await using var world = await World.CreateAsync();
        await world.StartAsync(Short);
        await world.ExecuteAsync("update projecting.lease set format = 1");
        await world.RestartAsync();
        Assert.Equal(3, await world.ScalarAsync("select format from projecting.lease"));

        await using var standby = world.NewEngine(settings: Short);
        await standby.StartAsync(CancellationToken.None);
        await world.ExecuteAsync("update projecting.lease set format = 4");
        await world.StopAsync();
        Assert.True(await Eventually.HoldsAsync(() => standby.LastFailure?.Contains("written by a newer program (format 4, this one knows 3)", StringComparison.Ordinal) == true));
        Assert.Equal(EngineRole.Standby, standby.Role);
        await using var next = world.NewEngine(settings: Short);
        await Assert.ThrowsAsync<NewerFormatException>(() => next.StartAsync(CancellationToken.None));
        await world.ExecuteAsync("update projecting.lease set format = 3");
        Assert.True(await Eventually.HoldsAsync(() => standby.Role == EngineRole.Owner));
    }

    [Fact]
    public async Task A_paused_owner_in_the_middle_of_a_write_blocks_nobody_and_writes_nothing_when_it_wakes()
    {
        foreach (var point in CommitPoints.All)
        {
            await using var world = await World.CreateAsync();
            var shop = await world.CreateShopAsync();
            using var wake = new ManualResetEventSlim();
            using var paused = new ManualResetEventSlim();
            var commits = 0;
            await world.StartAsync(Short with { Name = "paused", AtCommitPoint = at =>
            {
                if (at != point || Interlocked.Increment(ref commits) != 3) return;
                paused.Set();
                wake.Wait();
            } });
            await using var second = world.NewEngine(settings: Short with { Name = "second" });
            await second.StartAsync(CancellationToken.None);
            for (var i = 0; !paused.IsSet; i++)
            {
                await shop.AppendAsync(Scenario.Of(i + 1, 4).Events());
                Assert.True(await Eventually.HoldsAsync(async () => paused.IsSet || world.Engine.Position == await world.Log.GetHeadAsync(CancellationToken.None)));
            }
            // The heart of a process that sleeps doesn't beat: here it does, so the lease is taken as if it had been silent.
            await TakeAsync(world, second);
            wake.Set();
            Assert.True(await Eventually.HoldsAsync(() => world.Engine.Role == EngineRole.Standby && world.Engine.LastFailure is null));
            await shop.AppendAsync(Scenario.Of(99, 10).Events());
            Assert.True(await second.WaitForAsync((await world.Log.GetHeadAsync(CancellationToken.None))!.Value, TimeSpan.FromSeconds(20), CancellationToken.None));
            Assert.Equal(EngineRole.Owner, second.Role);
            await CellAssert.StoredIsNaiveAsync(world, shop);
        }
    }

    // Ends the writers of the owner and gives its lease free, as a process does that has heard nothing of it for too long.
    private static async Task TakeAsync(World world, ProjectionEngine next)
    {
        await using var connection = await world.Source.OpenConnectionAsync();
        var seen = await new EventSourcedAnalytics.Projecting.Committing.LeaseStore(world.Source).LookAsync(CancellationToken.None);
        EventSourcedAnalytics.Projecting.Committing.LeaseStore.EndWriters(connection, seen.Epoch);
        await world.ExecuteAsync("update projecting.lease set epoch = epoch + 1, owner = null");
        Assert.True(await Eventually.HoldsAsync(() => next.Role == EngineRole.Owner));
    }
}
