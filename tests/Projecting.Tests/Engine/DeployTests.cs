using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>What stands between a rebuild and its promotion: a plan, a proof, and a refusal where numbers change that no new version declares.</summary>
public sealed class DeployTests
{
    [Fact]
    public async Task A_live_read_model_that_is_wrong_is_found_with_the_persons_of_the_cell_and_replaced_only_on_purpose()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        await world.ExecuteAsync("update activity_v1.activity_events set events = events + 1 where ctid = (select ctid from activity_v1.activity_events limit 1)");

        var found = await world.Engine.VerifyAsync("activity", null, CancellationToken.None);
        Assert.False(found.IsEqual);
        var difference = Assert.Single(found.Differences);
        Assert.Equal(difference.Right + 1, difference.Left);
        Assert.InRange(difference.Persons.Count, 1, CellDifference.MaxPersons);
        Assert.All(difference.Persons, person => Assert.StartsWith(shop.Id + "/", person, StringComparison.Ordinal));
        Assert.Empty(found.Skipped);

        var beside = await world.Engine.RunRebuildAsync("activity", null, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<RebuildException>(() => world.Engine.PromoteAsync("activity", CancellationToken.None));
        Assert.Contains("--accept-differences", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{difference.Left} <> {difference.Right}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(beside, await world.Engine.PromoteAsync("activity", acceptDifferences: true, CancellationToken.None));
        Assert.True((await world.Engine.VerifyAsync("activity", null, CancellationToken.None)).IsEqual);
    }

    [Fact]
    public async Task Every_instance_has_applied_every_event_and_one_that_has_not_is_named()
    {
        await using var world = await World.CreateAsync();
        await StartAsync(world);
        foreach (var projection in world.Projections)
            Assert.Empty((await world.Engine.VerifyAsync(projection.Name, null, CancellationToken.None)).Skipped);
        await world.ExecuteAsync("update projecting.instances set events = events - 1 where schema_name = 'revenue_v1'");
        var audited = await world.Engine.VerifyAsync("revenue", null, CancellationToken.None);
        Assert.False(audited.IsEqual);
        Assert.Contains("revenue_v1 applied 11 of the log's 12 events", Assert.Single(audited.Skipped), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_says_how_many_events_and_about_how_long_and_changes_nothing()
    {
        await using var world = await World.CreateAsync();
        await StartAsync(world);
        var plan = await world.Engine.PlanRebuildAsync("revenue", CancellationToken.None);
        Assert.Equal(("revenue", 1, "revenue_v1", 1, null, 12), (plan.Projection, plan.Version, plan.LiveSchema, plan.LiveVersion, plan.Beside, plan.Events));
        Assert.True(plan.EventsPerSecond > 0 && plan.Estimate > TimeSpan.Zero);
        var beside = await world.Engine.RunRebuildAsync("revenue", null, CancellationToken.None);
        Assert.Equal(beside, (await world.Engine.PlanRebuildAsync("revenue", CancellationToken.None)).Beside);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => world.Engine.PlanRebuildAsync("nothing", CancellationToken.None));
    }

    private static async Task<Shop> StartAsync(World world)
    {
        var shop = await world.CreateShopAsync();
        await world.StartAsync();
        for (var i = 0; i < 12; i++) await shop.AppendAsync(Shop.Track(CustomerId.User($"u{i % 4}"), "a", i * 1_000, message: $"m{(i == 11 ? 3 : i)}"));
        await world.SettleAsync();
        return shop;
    }
}
