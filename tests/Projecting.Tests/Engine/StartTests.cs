using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>A start has to read the whole log before new events count: what can be done before that is.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task While_the_log_is_read_what_is_committed_answers_and_the_status_says_how_far_that_is()
    {
        WatchedLog log = null!;
        await using var world = await World.CreateAsync(inner => log = new WatchedLog(inner));
        var shop = await world.CreateShopAsync();
        await shop.AppendAsync(Scenario.Of(4, 40).Events());
        await world.StartAsync();
        var stood = await world.SettleAsync();
        var revision = shop.Project.Find(DefinitionKind.Activity, "activity")!.Revision;
        var before = await world.Engine.ReadAsync("activity", revision, [new(0)], CancellationToken.None);
        await world.StopAsync();

        var reading = new TaskCompletionSource();
        log.BeforeReadAll = () => reading.Task;
        await world.StartAsync();
        var status = await world.Engine.GetStatusAsync(false, CancellationToken.None);
        Assert.Equal((EngineRole.Owner, stood, null), (status.Role, status.Position, status.LastFailure));
        Assert.True(await Eventually.HoldsAsync(async () => (status = await world.Engine.GetStatusAsync(false, CancellationToken.None)).ReadTo is not null));
        var during = await world.Engine.ReadAsync("activity", revision, [new(0)], CancellationToken.None);
        Assert.Equal(stood, during!.Position);
        Assert.NotEmpty(during.Cells.Rows);
        Assert.Equal(before!.Cells.Rows.Count, during.Cells.Rows.Count);
        foreach (var (key, sums) in before.Cells.Rows) Assert.Equal(sums, during.Cells.Rows[key]);

        await shop.AppendAsync(Scenario.Of(5, 40).Events());
        var rebuilding = world.Engine.RunRebuildAsync("activity", null, CancellationToken.None);
        Assert.False(rebuilding.IsCompleted);
        log.BeforeReadAll = null;
        reading.SetResult();
        Assert.Equal("activity_v1_r2", await rebuilding);
        await world.SettleAsync();
        Assert.Null((await world.Engine.GetStatusAsync(false, CancellationToken.None)).ReadTo);
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task A_log_that_ends_before_the_read_models_do_is_refused()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await shop.AppendAsync(Scenario.Of(4, 40).Events());
        await world.StartAsync();
        await world.SettleAsync();
        await world.StopAsync();
        await world.ExecuteAsync("update projecting.instances set commit_position = commit_position + 1");
        await using var engine = world.NewEngine();
        var error = await Assert.ThrowsAsync<WrongLogException>(() => engine.StartAsync(CancellationToken.None));
        Assert.Contains("it is older than they are", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await world.ScalarAsync("select count(*) from projecting.lease where owner is null"));
    }
}
