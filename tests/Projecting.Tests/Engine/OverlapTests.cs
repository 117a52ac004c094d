using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>While a commit is under way the next batches are folded: nobody is told of them before they are committed, and nothing is decided without what is on its way.</summary>
public sealed class OverlapTests
{
    [Fact]
    public async Task Batches_are_folded_while_a_commit_is_under_way_and_nobody_is_told_of_them_before_they_are_committed()
    {
        await using var world = await World.CreateAsync();
        using var held = new HeldCommit();
        var shop = await world.CreateShopAsync();
        await world.StartAsync(new EngineSettings { AtCommitPoint = held.At });
        await shop.AppendAsync(Shop.Track(CustomerId.User("ann"), "a", 0));
        var before = await world.SettleAsync();

        held.Hold();
        await shop.AppendAsync(Shop.Order("ann", "Order Completed", "o1"));
        await held.Reached;
        var folded = await FoldSecondsAsync(world);
        await shop.AppendAsync(Shop.Order("bob", "Order Completed", "o1"), Shop.Track(CustomerId.User("ann"), "b", 1), Shop.Order("cid", "Order Completed", "o2"));
        Assert.True(await Eventually.HoldsAsync(async () => await FoldSecondsAsync(world) > folded), "Nothing is folded while a commit is under way.");
        Assert.Equal(before, world.Engine.Position);
        Assert.Equal(before, (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Position);

        held.Release();
        await shop.AppendAsync(Shop.Order("dan", "Order Completed", "o1"), Shop.Order("dan", "Order Completed", "o2"));
        await world.SettleAsync();
        Assert.Equal(3L, await world.ScalarAsync("select count(*) from facts.order_repeats"));
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task While_it_is_far_behind_it_folds_on_however_long_a_commit_takes()
    {
        const int Batches = 3_000;
        // What the log holds is old: whoever reads it, short of its end, is far behind.
        await using var world = await World.CreateAsync(memory: new InMemoryEventLog(new LogClock()));
        using var held = new HeldCommit();
        world.Tuning = EngineTuning.Default with { BatchEvents = 1 };
        var shop = await world.CreateShopAsync();
        await shop.AppendAsync([.. Enumerable.Range(0, Batches).Select(second => Shop.Track(CustomerId.User($"u{second % 7}"), "a", second))]);
        held.Hold();
        await world.StartAsync(new EngineSettings { AtCommitPoint = held.At });
        await held.Reached;
        // Only the last of them, at the log's end, waits.
        var isFolded = await Eventually.HoldsAsync(async () => await EventsAsync(world) >= Batches - 1);
        held.Release();
        Assert.True(isFolded, "Batches wait for a commit though many more wait behind them.");
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task States_and_claims_that_are_on_their_way_are_waited_for_by_who_reads_them()
    {
        await using var world = await World.CreateAsync();
        using var held = new HeldCommit();
        var shop = await world.CreateShopAsync();
        // Nobody stays in memory, so every batch reads states that the commit before it has written.
        world.Tuning = EngineTuning.Default with { CachedPersons = 0 };
        await world.StartAsync(new EngineSettings { AtCommitPoint = held.At });
        var first = Shop.Track(CustomerId.User("ann"), "a", 0);
        await shop.AppendAsync(first);
        await world.SettleAsync();

        held.Hold();
        await shop.AppendAsync(Shop.Order("ann", "Order Completed", "o1"), Shop.Track(CustomerId.User("ann"), "a", 10));
        await held.Reached;
        await shop.AppendAsync(
            Shop.Track(CustomerId.User("ann"), "a", 20), Shop.Order("bob", "Order Completed", "o1"), Shop.Void(first), Shop.Track(CustomerId.User("bob"), "a", 5));
        held.Release();
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task An_engine_that_is_stopped_waits_for_no_commit_that_waits_itself()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await world.StartAsync();
        await shop.AppendAsync(Shop.Track(CustomerId.User("ann"), "a", 0));
        await world.SettleAsync();

        await using var other = await world.Source.OpenConnectionAsync();
        await using var held = await other.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("select 1 from projecting.instances for update", other)) await hold.ExecuteNonQueryAsync();
        var folded = await FoldSecondsAsync(world);
        await shop.AppendAsync(Shop.Track(CustomerId.User("ann"), "b", 1));
        Assert.True(await Eventually.HoldsAsync(async () => 1 == (long)(await world.ScalarAsync("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"))!));
        var begun = await FoldSecondsAsync(world);
        await shop.AppendAsync(Shop.Track(CustomerId.User("ann"), "c", 2));
        Assert.True(await Eventually.HoldsAsync(async () => await FoldSecondsAsync(world) > begun && begun > folded));

        // Well below the time after which Postgres ends the wait by itself.
        await world.StopAsync().WaitAsync(TimeSpan.FromSeconds(15));
        await held.RollbackAsync();
        await world.StartAsync();
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task Duplicates_of_the_next_batch_are_looked_for_while_the_one_before_waits_to_be_committed()
    {
        WatchedLog? watched = null;
        await using var world = await World.CreateAsync(log => watched = new WatchedLog(log));
        using var held = new HeldCommit();
        var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // A batch an event.
        world.Tuning = EngineTuning.Default with { BatchEvents = 1 };
        var shop = await world.CreateShopAsync();
        await world.StartAsync(new EngineSettings { AtCommitPoint = held.At });
        await shop.AppendAsync(Shop.Track(CustomerId.User("ann"), "a", 0));
        await world.SettleAsync();

        held.Hold();
        var repeated = Shop.Track(CustomerId.User("ann"), "a", 1);
        await shop.AppendAsync(repeated);
        await held.Reached;
        var folded = await FoldSecondsAsync(world);
        await shop.AppendAsync(Shop.Track(CustomerId.User("bob"), "a", 2));
        Assert.True(await Eventually.HoldsAsync(async () => await FoldSecondsAsync(world) > folded), "Nothing is folded while a commit is under way.");
        // Its batch is folded, and waits for the commit before: nothing behind it can be decided.
        watched!.BeforeReadStream = () => looked.TrySetResult();
        await shop.AppendAsync(repeated);
        var isLookedFor = await Eventually.HoldsAsync(() => looked.Task.IsCompleted);
        held.Release();
        Assert.True(isLookedFor, "A batch's duplicates are not looked for before the batch in front of it is committed.");
        await world.SettleAsync();
        Assert.Equal(1L, await world.ScalarAsync("select count(*) from facts.duplicates"));
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    private static async Task<long> EventsAsync(World world) => (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Events;

    private static async Task<double> FoldSecondsAsync(World world) => (await world.Engine.GetStatusAsync(false, CancellationToken.None)).StageSeconds["fold"];
}
