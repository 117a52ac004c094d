using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Specs;

/// <summary>What every projection must hold, only because it is there.</summary>
public sealed class EveryProjectionSpec
{
    public static TheoryData<Delivery> Deliveries => ProjectionSpec.Deliveries;

    [Theory]
    [MemberData(nameof(Deliveries))]
    public async Task Every_projection_equals_the_naive_fold_and_itself_however_events_arrive(Delivery delivery)
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync(timeZone: "Europe/Berlin");
        await shop.DefineAsync(DefinitionKind.Funnel, "f", new FunnelQuery { Steps = [FunnelStep.Named("a"), FunnelStep.Named("b")] });
        await world.StartAsync();
        await ProjectionSpec.DeliverAsync(world, shop, Scenario.Of(4, 60).Events(), delivery);
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        foreach (var projection in world.Projections)
        {
            Assert.NotEmpty(shop.Lines(projection, await world.CellsAsync(projection.Name)));
            Assert.True((await world.Engine.VerifyAsync(projection.Name, null, CancellationToken.None)).IsEqual);
        }
    }

    [Fact]
    public void Every_projection_has_a_plain_name_a_version_and_tables_that_its_sql_makes()
    {
        Assert.Equal(["activity", "cohorts", "funnels", "revenue"], World.Shipped.Select(projection => projection.Name).Order(StringComparer.Ordinal).Take(4));
        Assert.All(World.Shipped, projection =>
        {
            Assert.Matches("^[a-z][a-z0-9_]*$", projection.Name);
            Assert.True(projection.Version >= 1);
            Assert.All(projection.Tables, table => Assert.Contains($"create table {table.Name} ", projection.Sql, StringComparison.Ordinal));
        });
    }
}
