using System.Collections.Concurrent;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>While it is behind, commits leave states in memory: the table of states stands further back than the checkpoint, and a process that ends takes the newer ones along.</summary>
public sealed class LeftStatesTests
{
    private const string Left = "select count(*) from projecting.instances where states_left";

    // The one that is held comes when several before it have left states.
    private const int HeldAt = 16;

    // Whether the facts, or a read model, ever stood elsewhere than the others: they would have caught up beside the live loop, with numbers standing still meanwhile.
    private bool wereApart;

    [Fact]
    public async Task States_that_are_lost_with_a_process_are_made_anew_and_no_number_changes()
    {
        WatchedLog log = null!;
        await using var world = await World.CreateAsync(inner => log = new WatchedLog(inner));
        using var held = new HeldCommit();
        var shop = await StartBehindAsync(world, held);
        await held.Reached;
        Assert.Equal(world.Projections.Count, await world.ScalarAsync(Left));
        var (recovered, isAsking) = (new ConcurrentBag<LogPosition>(), new AsyncLocal<bool>());
        log.BeforeReadAll = async () =>
        {
            // A status reads the log, too.
            if (isAsking.Value) return;
            isAsking.Value = true;
            foreach (var instance in (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances)
                if (instance.StatesAt < instance.Position) recovered.Add(instance.StatesAt.Value);
        };
        await world.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        held.Release();
        await world.SettleAsync();
        log.BeforeReadAll = null;
        Assert.True(recovered.Distinct().Count() > 1, "Nobody could see how far the recovery was.");
        Assert.All((await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances, instance => Assert.Null(instance.StatesAt));
        await AssertWrittenAsync(world, shop);
        Assert.False(wereApart);
    }

    [Fact]
    public async Task A_stop_in_order_writes_what_was_left()
    {
        await using var world = await World.CreateAsync();
        using var held = new HeldCommit();
        var shop = await StartBehindAsync(world, held);
        await held.Reached;
        Assert.Equal(world.Projections.Count, await world.ScalarAsync(Left));
        var stopping = world.StopAsync();
        held.Release();
        await stopping;
        Assert.Equal(0, await world.ScalarAsync(Left));
        Assert.True(await world.ScalarAsync("select max(commit_position) from projecting.instances") < (await world.Log.GetHeadAsync(CancellationToken.None))!.Value.Commit);
        await world.StartAsync();
        await world.SettleAsync();
        await AssertWrittenAsync(world, shop);
        Assert.False(wereApart);
    }

    [Fact]
    public async Task What_was_left_is_written_once_it_is_at_the_head_also_when_nothing_comes_any_more()
    {
        await using var world = await World.CreateAsync();
        using var held = new HeldCommit();
        var shop = await StartBehindAsync(world, held);
        await held.Reached;
        held.Release();
        await world.SettleAsync();
        await AssertWrittenAsync(world, shop);
    }

    private async Task<Shop> StartBehindAsync(World world, HeldCommit held)
    {
        var shop = await world.CreateShopAsync();
        // In order, so that nobody is folded again for another reason.
        await shop.AppendAsync(Enumerable.Range(0, 60).Select(i => Shop.Track(CustomerId.User($"u{i % 10}"), "a", i)));
        await shop.AppendAsync(Scenario.Of(3, 90).Events());
        world.Tuning = new EngineTuning(3, 5, 0, 1) { CachedPersons = int.MaxValue, LeftStates = 0 };
        var commits = 0;
        world.Settings = new EngineSettings
        {
            AtCommitPoint = point =>
            {
                if (point == CommitPoints.BeforeCommit && ++commits == HeldAt) held.Hold();
                held.At(point);
                if (point == CommitPoints.AfterCommit) wereApart |= AreApart(world);
            },
        };
        await world.StartAsync();
        return shop;
    }

    private static bool AreApart(World world)
    {
        using var positions = world.Source.CreateCommand("select count(distinct commit_position) > 1 from projecting.instances");
        return positions.ExecuteScalar() is true;
    }

    private static async Task AssertWrittenAsync(World world, Shop shop)
    {
        Assert.True(await Eventually.HoldsAsync(async () => await world.ScalarAsync(Left) == 0));
        await CellAssert.StoredIsNaiveAsync(world, shop);
        foreach (var projection in world.Projections)
        {
            var sampled = await world.Engine.VerifySampleAsync(projection.Name, 1_000, 1, CancellationToken.None);
            Assert.True(sampled.IsEqual && sampled.Persons > 0, $"{projection.Name}: {string.Join("; ", sampled.Differences.Select(difference => difference.ToText()))}");
        }
    }
}
