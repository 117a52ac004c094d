using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projections.Activity;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>A rebuild is a deploy: beside what serves, at an equal position, and back again.</summary>
public sealed class RebuildTests
{
    [Fact]
    public async Task A_rebuild_runs_is_compared_promoted_rolled_back_and_dropped_while_events_keep_coming()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        var schemas = new List<string> { "revenue_v1" };
        using var enough = new CancellationTokenSource();
        var feeding = FeedAsync(shop, enough.Token);
        for (var round = 0; round < 3; round++)
        {
            schemas.Add(await world.Engine.RunRebuildAsync("revenue", null, CancellationToken.None));
            await Assert.ThrowsAsync<RebuildException>(() => world.Engine.RunRebuildAsync("revenue", null, CancellationToken.None));
            Assert.True((await world.Engine.CompareAsync("revenue", CancellationToken.None)).IsEqual);
            Assert.Equal(schemas[^1], await world.Engine.PromoteAsync("revenue", CancellationToken.None));
        }
        Assert.Equal(schemas[^2], await world.Engine.RollbackAsync("revenue", CancellationToken.None));
        Assert.Equal(schemas[^1], await world.Engine.RollbackAsync("revenue", CancellationToken.None));
        await enough.CancelAsync();
        await feeding;
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal([schemas[^2]], await world.Engine.DropAsync("revenue", CancellationToken.None));
        await Assert.ThrowsAsync<RebuildException>(() => world.Engine.RollbackAsync("revenue", CancellationToken.None));
        await Assert.ThrowsAsync<RebuildException>(() => world.Engine.PromoteAsync("revenue", CancellationToken.None));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => world.Engine.PromoteAsync("nothing", CancellationToken.None));
        Assert.Null(world.Engine.LastFailure);
        await world.RestartAsync();
        await shop.AppendAsync(Scenario.Of(99, 10).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task Equal_logs_have_equal_hashes_whatever_the_batches_and_workers()
    {
        await using var first = await World.CreateAsync();
        var shop = await StartAsync(first);
        await using var second = await World.CreateAsync(memory: first.Memory);
        second.Tuning = new EngineTuning(1, 1, 1, 1);
        await second.StartAsync();
        await second.SettleAsync();
        foreach (var projection in first.Projections)
        {
            var hashes = new List<string>();
            foreach (var world in new[] { first, second })
                hashes.AddRange((await world.Engine.GetStatusAsync(true, CancellationToken.None)).Instances.Where(instance => instance.Projection == projection.Name).Select(instance => instance.Hash!));
            Assert.Equal(2, hashes.Count);
            Assert.Equal(hashes[0], hashes[1]);
            Assert.NotEqual(new string('0', 32), hashes[0]);
        }
        await CellAssert.StoredIsNaiveAsync(second, await second.FindShopAsync(shop.Id));
    }

    [Fact]
    public async Task Of_two_rebuilds_of_one_projection_that_are_begun_at_the_same_time_one_is_refused()
    {
        await using var world = await World.CreateAsync();
        await StartAsync(world);
        for (var round = 0; round < 8; round++)
        {
            var both = Enumerable.Range(0, 2).Select(_ => Task.Run(() => world.Engine.RunRebuildAsync("sessions", null, CancellationToken.None))).ToArray();
            await Task.WhenAll(both).ContinueWith(static _ => { }, TaskScheduler.Default);
            var refused = Assert.IsType<RebuildException>(Assert.Single(both, rebuild => rebuild.IsFaulted).Exception!.InnerException);
            Assert.Contains("There is a read model beside the live one already", refused.Message, StringComparison.Ordinal);
            Assert.Single(await world.Engine.DropAsync("sessions", CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_read_model_is_never_continued_on_another_log()
    {
        await using var world = await World.CreateAsync();
        await StartAsync(world);
        await world.StopAsync();
        await using var other = await World.CreateAsync();
        await using var engine = new ProjectionEngine(
            other.Log, new ProjectsView(other.Log), world.Source, new ProjectionCatalog(World.Shipped), Microsoft.Extensions.Logging.Abstractions.NullLogger<ProjectionEngine>.Instance);
        await Assert.ThrowsAsync<WrongLogException>(() => engine.StartAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Changed_tables_without_a_new_version_are_refused()
    {
        await using var world = await World.CreateAsync();
        await StartAsync(world);
        world.Projections = [new ChangedActivity(1)];
        foreach (var standsBy in new[] { true, false })
        {
            await using var engine = world.NewEngine();
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => engine.StartAsync(CancellationToken.None));
            Assert.Contains("Raise the version", error.Message, StringComparison.Ordinal);
            if (standsBy) await world.StopAsync();
        }
    }

    [Fact]
    public async Task A_read_model_of_a_version_that_the_program_lacks_stays_as_it_is_until_a_rebuild_takes_its_place()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        await world.StopAsync();
        var before = await world.ScalarAsync("select count(*) from activity_v1.activity");
        world.Projections = [.. World.Shipped.Where(projection => projection is not ActivityProjection), new ChangedActivity(2)];
        await world.StartAsync();
        await shop.AppendAsync(Scenario.Of(50, 20).Events());
        Assert.True(await world.Engine.WaitForAsync((await world.Log.GetHeadAsync(CancellationToken.None))!.Value, TimeSpan.FromSeconds(20), CancellationToken.None));
        Assert.Equal(before, await world.ScalarAsync("select count(*) from activity_v1.activity"));
        Assert.Null(await world.Engine.ReadAsync("activity", shop.Project.Find(DefinitionKind.Activity, "activity")!.Revision, [], CancellationToken.None));

        Assert.Equal("activity_v2", await world.Engine.RunRebuildAsync("activity", null, CancellationToken.None));
        Assert.True((await world.Engine.CompareAsync("activity", CancellationToken.None)).IsEqual);
        await world.Engine.PromoteAsync("activity", CancellationToken.None);
        await shop.AppendAsync(Scenario.Of(51, 20).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    private static async Task<Shop> StartAsync(World world)
    {
        var shop = await world.CreateShopAsync();
        await shop.DefineAsync(DefinitionKind.Funnel, "f", new FunnelQuery { Steps = [FunnelStep.Named("a"), FunnelStep.Named("b")] });
        world.Tuning = new EngineTuning(20, 9, 2, 9);
        await world.StartAsync();
        await shop.AppendAsync(Scenario.Of(1, 80).Events());
        await world.SettleAsync();
        return shop;
    }

    private static async Task FeedAsync(Shop shop, CancellationToken cancellationToken)
    {
        for (var seed = 100; seed < 400 && !cancellationToken.IsCancellationRequested; seed++)
        {
            await shop.AppendAsync(Scenario.Of(seed, 4).Events());
            await Task.Yield();
        }
    }

    /// <summary>The activity projection with a table more.</summary>
    private sealed class ChangedActivity(int version) : Projection
    {
        private readonly ActivityProjection inner = new();

        public override string Name => inner.Name;

        public override int Version => version;

        public override IReadOnlyList<CellTable> Tables => inner.Tables;

        public override string Sql => inner.Sql.TrimEnd().TrimEnd(';') + "; create table more (n int)";

        public override IFold? CreateFold(Project project, Definition definition) => inner.CreateFold(project, definition);
    }
}
