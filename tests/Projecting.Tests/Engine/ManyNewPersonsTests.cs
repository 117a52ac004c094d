using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Tests.Harness;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>States of many new persons go into a table that holds others another way than a few do.</summary>
public sealed class ManyNewPersonsTests
{
    private const int Persons = 1_200;

    [Fact]
    public async Task Many_new_persons_and_known_ones_are_written_by_one_commit_also_when_the_known_ones_are_in_memory_no_more()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await world.StartAsync();
        await AppendAsync(world, shop, 0, 100, 1_000);
        await AppendAsync(world, shop, 0, Persons, 5_000_000);
        await world.RestartAsync();
        await AppendAsync(world, shop, Persons - 100, Persons, 10_000_000);
        await AppendAsync(world, shop, 0, 1, 0, CustomerId.Anonymous("device"), Shop.Identify("user-0", "device", 10_000_001));

        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal((2 * Persons) - 100, await world.ScalarAsync("select count(*) from activity_v1.states"));
    }

    // One batch: the persons from a number on, and something before them.
    private static async Task AppendAsync(World world, Shop shop, int first, int count, long at, CustomerId? before = null, AnalyticsEvent? last = null)
    {
        var events = Enumerable.Range(first, count).Select(person => Shop.Track(CustomerId.User($"user-{person}"), "visit", at + person)).ToList();
        if (before is { } customer) events.Insert(0, Shop.Track(customer, "visit", at));
        if (last is not null) events.Add(last);
        await world.Memory.AppendManyAsync([.. events.Select(shop.StreamOf)], CancellationToken.None);
        await world.SettleAsync();
    }
}
