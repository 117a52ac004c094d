using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>A robot that sends under one id for ever, with events that come late all the time.</summary>
public sealed class HeavyPersonTests
{
    private static readonly CustomerId Robot = CustomerId.User("robot");

    [Fact]
    public async Task A_person_with_many_events_is_folded_again_once_in_a_while_and_keeps_nobody_waiting()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        world.Tuning = new EngineTuning(50, 50, 0, 1) { HeavyPersonEvents = 20, Deferral = TimeSpan.FromSeconds(5) };
        await world.StartAsync();
        await shop.AppendAsync(Enumerable.Range(0, 30).Select(i => Shop.Track(Robot, "a", i * 1_000)));
        await world.SettleAsync();
        await shop.AppendAsync(Shop.Track(Robot, "a", -1));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);

        await shop.AppendAsync(Shop.Track(Robot, "a", -2), Shop.Track(CustomerId.User("bob"), "b", 0));
        await world.SettleAsync();
        Assert.All(await LiveAsync(world), instance => Assert.Equal(1, instance.Deferred));
        Assert.Equal(1, await world.ScalarAsync("select sum(customers) from activity_v1.activity_events_by_name where name = 'b' and period = 2"));

        Assert.True(await Eventually.HoldsAsync(async () => (await LiveAsync(world)).All(instance => instance.Deferred == 0)));
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task Who_waits_for_a_refold_is_folded_after_a_restart()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        world.Tuning = new EngineTuning(50, 50, 0, 1) { HeavyPersonEvents = 5, Deferral = TimeSpan.FromHours(1) };
        await world.StartAsync();
        await shop.AppendAsync(Enumerable.Range(0, 10).Select(i => Shop.Track(Robot, "a", i * 1_000)));
        await world.SettleAsync();
        await shop.AppendAsync(Shop.Track(Robot, "a", -1));
        await world.SettleAsync();
        await shop.AppendAsync(Shop.Track(Robot, "a", -2));
        await world.SettleAsync();
        Assert.All(await LiveAsync(world), instance => Assert.Equal(1, instance.Deferred));

        await world.RestartAsync();
        Assert.True(await Eventually.HoldsAsync(async () => (await LiveAsync(world)).All(instance => instance.Deferred == 0)));
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    // Funnels and revenue look at other events only.
    private static async Task<List<InstanceStatus>> LiveAsync(World world) =>
        [.. (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances.Where(instance => instance.Projection is "activity" or "sessions")];
}
