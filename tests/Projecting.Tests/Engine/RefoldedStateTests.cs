using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>The state that a refold leaves is the one that folding in order would have left: both go on alike.</summary>
public sealed class RefoldedStateTests
{
    [Fact]
    public async Task What_no_fold_looks_at_does_not_move_a_persons_clock_in_a_refold()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await shop.DefineAsync(DefinitionKind.Funnel, "two", new FunnelQuery
        {
            Steps = [FunnelStep.Named("a"), FunnelStep.Named("b")], Window = new FunnelWindow(1, WindowUnit.Minute),
        });
        await world.StartAsync();
        var ann = CustomerId.User("ann");
        await shop.AppendAsync(Shop.Track(ann, "a", 2_000), Shop.Track(ann, "nobody asks for this", 86_400_000));
        await world.SettleAsync();
        await shop.AppendAsync(Shop.Track(ann, "a", 1_000));
        await world.SettleAsync();

        // Now the state comes from Postgres, where what can't count any more as of the person's last event is left out.
        await world.RestartAsync();
        await shop.AppendAsync(Shop.Track(ann, "b", 3_000));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal(1, await world.ScalarAsync("select sum(reached) from funnels_v1.funnel_counts where scope = 0 and step = 2"));
    }
}
