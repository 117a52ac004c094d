using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>A verification finds the same however few events it may hold at a time, and reads the log as often as that takes.</summary>
public sealed class VerificationTests
{
    private static readonly CustomerId Ann = CustomerId.User("ann");
    private static readonly CustomerId Bob = CustomerId.User("bob");

    [Fact]
    public async Task What_fits_into_memory_is_read_once_and_what_does_not_twice_and_once_for_each_slice()
    {
        var (world, watched) = await FortyCustomersAsync();
        await using var ending = world;
        foreach (var (held, passes) in new[] { (1_000, 1), (40, 1), (39, 4), (30, 4), (10, 7) })
        {
            await HoldAsync(world, held);
            var told = new Told();
            var before = watched.EventsRead;
            Assert.True((await world.Engine.VerifyAsync("activity", told, CancellationToken.None)).IsEqual);
            var read = (watched.EventsRead - before) / 40;
            // By chance there are more persons in a slice than there is room for: what is too much gets a pass of its own.
            Assert.InRange(read, passes, passes == 1 ? 1 : passes + 2);
            Assert.Equal((read, 40L, 40L), ((long)told.Last!.Pass, told.Last.Events, told.Last.Total));
            Assert.Equal(told.Last.Pass, told.Last.Passes);
            Assert.Equal(1, told.Last.Fraction);
        }
    }

    [Fact]
    public async Task More_events_than_were_counted_do_not_stay_in_memory()
    {
        var (world, watched) = await FortyCustomersAsync();
        await using var ending = world;
        await world.ExecuteAsync("update projecting.instances set events = 7");
        await HoldAsync(world, 15);
        var before = watched.EventsRead;
        var found = await world.Engine.VerifyAsync("activity", null, CancellationToken.None);
        Assert.Equal((0, "activity_v1 applied 7 of the log's 40 events"), (found.DifferenceCount, Assert.Single(found.Skipped)));
        Assert.InRange((watched.EventsRead - before) / 40, 5, 7);
    }

    [Fact]
    public async Task A_person_with_more_events_than_may_be_held_is_held_by_itself()
    {
        WatchedLog? watched = null;
        await using var world = await World.CreateAsync(log => watched = new WatchedLog(log));
        var shop = await world.CreateShopAsync();
        for (var i = 0; i < 60; i++) await shop.AppendAsync(Shop.Track(Ann, "a", i), Shop.Track(CustomerId.User($"u{i % 6}"), "a", i));
        await StartAsync(world);
        await HoldAsync(world, 30);
        var before = watched!.EventsRead;
        Assert.True((await world.Engine.VerifyAsync("activity", null, CancellationToken.None)).IsEqual);
        Assert.InRange((watched.EventsRead - before) / 120, 4, 12);
    }

    [Fact]
    public async Task Differences_and_the_persons_behind_them_are_the_same_whatever_is_held()
    {
        await using var world = await World.CreateAsync();
        var shops = new[] { await world.CreateShopAsync(), await world.CreateShopAsync() };
        foreach (var shop in shops)
        {
            await shop.DefineAsync(DefinitionKind.Funnel, "funnel", new FunnelQuery { Steps = [FunnelStep.Named("a"), FunnelStep.Named("b")] });
            await shop.AppendAsync(Scenario.Of(shop == shops[0] ? 7 : 8, 80).Events());
            for (var i = 0; i < 40; i++) await shop.AppendAsync(Shop.Track(CustomerId.User($"x{i}"), "a", i % 7), Shop.Track(CustomerId.User($"x{i % 11}"), "b", i));
        }
        // Whoever can't be read is parked, and counts with what it had.
        await StartAsync(world);
        await shops[0].AppendRawAsync(CustomerId.User("x3"), "track", "no json"u8.ToArray());
        await shops[0].AppendAsync(Shop.Track(CustomerId.User("x3"), "a", 500), Shop.Identify("x4", "d9", 9), Shop.Track(CustomerId.Anonymous("d9"), "b", 10));
        await world.SettleAsync();
        await world.ExecuteAsync("update activity_v1.activity_events set events = events + 1 where ctid in (select ctid from activity_v1.activity_events order by ctid limit 6)");
        await world.ExecuteAsync("delete from funnels_v1.funnel_counts where ctid in (select ctid from funnels_v1.funnel_counts order by ctid limit 3)");
        await world.ExecuteAsync("update projecting.instances set events = events + 1 where schema_name = 'funnels_v1'");
        foreach (var projection in world.Projections)
        {
            await HoldAsync(world, int.MaxValue);
            var whole = await world.Engine.VerifyAsync(projection.Name, null, CancellationToken.None);
            if (projection.Name is "activity" or "funnels") Assert.Contains(whole.Differences, difference => difference.Persons.Count > 1);
            if (projection.Name == "funnels") Assert.Contains("applied", Assert.Single(whole.Skipped), StringComparison.Ordinal);
            foreach (var held in (int[])[100, 25, 3])
            {
                await HoldAsync(world, held);
                AssertSame(whole, await world.Engine.VerifyAsync(projection.Name, null, CancellationToken.None));
            }
        }
    }

    [Fact]
    public async Task Random_histories_are_told_alike_whatever_is_held()
    {
        await using var world = await World.CreateAsync();
        for (var seed = 100; seed < 106; seed++)
        {
            var shop = await world.CreateShopAsync();
            await shop.AppendAsync(Arrival.Shuffle([.. Scenario.Of(seed, 90).Events()], new Random(seed)));
        }
        await StartAsync(world);
        foreach (var held in (int[])[int.MaxValue, 200, 40])
        {
            await HoldAsync(world, held);
            foreach (var projection in world.Projections) await AssertEqualAsync(world, projection.Name);
        }
    }

    [Fact]
    public async Task Who_claims_an_order_is_decided_over_all_slices()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        var first = Order(CustomerId.User("buyer0"), "same");
        var amended = Order(CustomerId.User("buyer1"), "other");
        await shop.AppendAsync(first, amended);
        for (var i = 2; i < 30; i++) await shop.AppendAsync(Order(CustomerId.User($"buyer{i}"), i % 2 == 0 ? "same" : "other"));
        // The first of them never was, and the other one is no order: two customers whose keys lie elsewhere take over.
        await shop.AppendAsync(Shop.Void(first), Shop.Amend(amended, Shop.Track(amended.Customer, "a", 5)), Shop.Amend(first, Order(first.Customer, "other")));
        // What was no order becomes one that is older than all others.
        var late = Shop.Track(CustomerId.User("late"), "a", 1);
        await shop.AppendAsync(late, Order(CustomerId.User("buyer40"), "third"), Order(CustomerId.User("buyer41"), "third"), Shop.Amend(late, Order(late.Customer, "third")));
        await AssertEqualAsync(world, shop, "revenue");
    }

    [Fact]
    public async Task A_repeated_message_neither_claims_an_order_nor_joins_customers_nor_corrects()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        var order = Order(Bob, "taken");
        await shop.AppendAsync(
            Shop.Track(Ann, "a", 0, message: "m1"), Order(Ann, "x", "m1"), Order(Bob, "x"), order,
            Shop.Track(Ann, "a", 1, message: "m2"), Shop.Identify("ann", "device", 2, message: "m2"), Shop.Track(CustomerId.Anonymous("device"), "a", 3),
            Shop.Identify("bob", "device", 4, message: "m3"), Shop.Identify("ann", "device", 5, message: "m4"),
            Shop.Track(Bob, "a", 6, message: "m5"), Shop.Void(order, "m5"), Order(Ann, "taken"));
        foreach (var projection in World.Shipped) await AssertEqualAsync(world, shop, projection.Name);
    }

    [Fact]
    public async Task The_customers_of_a_person_are_folded_together_wherever_their_keys_lie()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await shop.DefineAsync(DefinitionKind.Funnel, "funnel", new FunnelQuery { Steps = [FunnelStep.Named("a"), FunnelStep.Named("b"), FunnelStep.Named("c")] });
        for (var i = 0; i < 12; i++)
            await shop.AppendAsync(
                Shop.Track(CustomerId.Anonymous($"d{i}"), "a", 10 * i), Shop.Track(CustomerId.User($"u{i}"), "b", (10 * i) + 1), Shop.Track(CustomerId.User($"v{i}"), "c", (10 * i) + 2),
                Shop.Identify($"u{i}", $"d{i}", (10 * i) + 3), Shop.Alias($"v{i}", $"u{i}", (10 * i) + 4));
        await AssertEqualAsync(world, shop, "funnels");
    }

    // What is stored was compared with the plain assembler before: the verification agrees with it, in one slice and in many.
    private static async Task AssertEqualAsync(World world, Shop shop, string projection)
    {
        await StartAsync(world);
        await CellAssert.StoredIsNaiveAsync(world, shop);
        foreach (var held in (int[])[int.MaxValue, 20, 4])
        {
            await HoldAsync(world, held);
            await AssertEqualAsync(world, projection);
        }
    }

    private static async Task AssertEqualAsync(World world, string projection)
    {
        var found = await world.Engine.VerifyAsync(projection, null, CancellationToken.None);
        Assert.True(found.IsEqual, $"{projection}: {string.Join("; ", found.Differences.Select(difference => difference.ToText()).Concat(found.Skipped))}");
    }

    private static void AssertSame(Comparison expected, Comparison actual)
    {
        Assert.Equal((expected.Position, expected.LeftHash, expected.RightHash, expected.Cells), (actual.Position, actual.LeftHash, actual.RightHash, actual.Cells));
        Assert.Equal((expected.DifferenceCount, expected.Unaudited), (actual.DifferenceCount, actual.Unaudited));
        Assert.Equal(expected.Skipped, actual.Skipped);
        Assert.Equal(expected.Differences.Select(difference => difference.ToText()).Order(StringComparer.Ordinal), actual.Differences.Select(difference => difference.ToText()).Order(StringComparer.Ordinal));
    }

    private static async Task<(World World, WatchedLog Log)> FortyCustomersAsync()
    {
        WatchedLog watched = null!;
        var world = await World.CreateAsync(log => watched = new WatchedLog(log));
        var shop = await world.CreateShopAsync();
        for (var i = 0; i < 40; i++) await shop.AppendAsync(Shop.Track(CustomerId.User($"u{i}"), "a", i));
        await StartAsync(world);
        return (world, watched);
    }

    private static async Task StartAsync(World world)
    {
        await world.StopAsync();
        await world.StartAsync();
        await world.SettleAsync();
    }

    private static async Task HoldAsync(World world, int events)
    {
        world.Tuning = EngineTuning.Default with { VerifiedEvents = events };
        await StartAsync(world);
    }

    private static AnalyticsEvent Order(CustomerId customer, string id, string? message = null) =>
        Shop.Track(customer, "purchase_completed", 7, $$"""{ "order_id": "{{id}}", "total": 5, "currency": "USD" }""", message);

    private sealed class Told : IProgress<VerificationProgress>
    {
        public VerificationProgress? Last { get; private set; }

        public void Report(VerificationProgress value) => Last = value;
    }
}
