using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Tests.Harness;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>A batch that fails after some of its persons are folded: nobody may commit what is in memory then.</summary>
public sealed class HalfBatchTests
{
    [Fact]
    public async Task Who_waits_for_the_boundary_while_a_batch_fails_commits_nothing_of_it()
    {
        WatchedLog? watched = null;
        await using var world = await World.CreateAsync(log => watched = new WatchedLog(log));
        var shop = await world.CreateShopAsync();
        var ann = CustomerId.User("ann");
        await world.StartAsync();
        await shop.AppendAsync(Shop.Track(ann, "a", 5_000));
        await world.SettleAsync();

        // Bob is folded in order; Ann must be folded again, and her stream can't be read while somebody already waits for the boundary.
        Task? waiting = null;
        watched!.BeforeReadStream = () =>
        {
            watched.BeforeReadStream = null;
            waiting = world.Engine.VerifyAsync("activity", null, CancellationToken.None);
            throw new IOException("The disk is slow today.");
        };
        await world.Memory.AppendManyAsync(
            [shop.StreamOf(Shop.Track(CustomerId.User("bob"), "b", 0)), shop.StreamOf(Shop.Track(ann, "a", 1))], CancellationToken.None);
        await world.SettleAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting!);
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }
}
