using System.Collections.Concurrent;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projections.Activity;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>What a read model holds in memory goes when it is dropped, and not only when the process ends.</summary>
public sealed class DroppedMemoryTests
{
    [Fact]
    public async Task A_dropped_read_model_leaves_nothing_behind()
    {
        var watched = new Watched();
        await using var world = await World.CreateAsync();
        world.Projections = [watched];
        var shop = await world.CreateShopAsync();
        await shop.AppendAsync(Scenario.Of(3, 60).Events());
        await world.StartAsync();
        await world.SettleAsync();

        watched.Made.Clear();
        await world.Engine.RunRebuildAsync(watched.Name, null, CancellationToken.None);
        Assert.NotEmpty(watched.Made);
        Assert.Single(await world.Engine.DropAsync(watched.Name, CancellationToken.None));

        // A fold is held by whatever holds its read model's states.
        Assert.True(await Eventually.HoldsAsync(() =>
        {
            GC.Collect();
            return watched.Made.All(static fold => !fold.TryGetTarget(out _));
        }));
    }

    // Activity, with an eye on its folds.
    private sealed class Watched : Projection
    {
        private readonly ActivityProjection activity = new();

        public ConcurrentBag<WeakReference<IFold>> Made { get; } = [];

        public override string Name => activity.Name;

        public override int Version => activity.Version;

        public override IReadOnlyList<CellTable> Tables => activity.Tables;

        public override string Sql => activity.Sql;

        public override IFold? CreateFold(Project project, Definition definition)
        {
            var fold = activity.CreateFold(project, definition);
            if (fold is not null) Made.Add(new WeakReference<IFold>(fold));
            return fold;
        }
    }
}
