using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>What a process says of itself, above all when something is wrong.</summary>
public sealed class StatusTests
{
    private static readonly CustomerId Ann = CustomerId.User("ann");

    [Fact]
    public async Task While_the_database_does_not_answer_the_status_comes_all_the_same_with_what_was_seen_last()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await shop.AppendAsync(Shop.Track(Ann, "a", 0));
        await world.StartAsync();
        await world.SettleAsync();
        var well = await SeenAsync(world);
        Assert.Null(well.Unreachable);
        await using (var other = await world.Source.OpenConnectionAsync())
        {
            await using var transaction = await other.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("lock table projecting.live", other, transaction)) await hold.ExecuteNonQueryAsync();
            // What comes meanwhile shows as a gap.
            await shop.AppendAsync(Shop.Track(Ann, "a", 1));
            var ill = await world.Engine.GetStatusAsync(false, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Contains("Postgres can't be asked", ill.Unreachable, StringComparison.Ordinal);
            Assert.Equal(well.Instances.Select(instance => (instance.Name, instance.Position)), ill.Instances.Select(instance => (instance.Name, instance.Position)));
            Assert.All(ill.Instances, instance => Assert.True(instance.Gap > 0 && instance.WaitingSince is not null));
            Assert.Equal((await world.Log.GetHeadAsync(CancellationToken.None), EngineRole.Owner), (ill.Head, ill.Role));
        }
        Assert.Null((await world.Engine.GetStatusAsync(false, CancellationToken.None)).Unreachable);
    }

    [Fact]
    public async Task While_the_log_does_not_answer_the_status_says_why()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await shop.AppendAsync(Shop.Track(Ann, "a", 0));
        await world.StartAsync();
        await world.SettleAsync();
        var well = await SeenAsync(world);
        world.Memory.InterfereWithHead = () => throw new IOException("the disk is gone");
        var ill = await world.Engine.GetStatusAsync(false, CancellationToken.None);
        world.Memory.InterfereWithHead = null;
        Assert.Contains("the disk is gone", ill.Unreachable, StringComparison.Ordinal);
        Assert.StartsWith("The log can't be asked", ill.Unreachable, StringComparison.Ordinal);
        Assert.Equal(well.Head, ill.Head);
        Assert.Equal(well.Instances.Count, ill.Instances.Count);
    }

    [Fact]
    public async Task A_read_model_that_cannot_be_read_leaves_the_answer_to_the_events()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await shop.AppendAsync(Shop.Track(Ann, "a", 0));
        await world.StartAsync();
        await world.SettleAsync();
        var revision = shop.Project.Find(DefinitionKind.Activity, "activity")!.Revision;
        Assert.NotNull(await world.Engine.ReadAsync("activity", revision, [new(0)], CancellationToken.None));
        await world.ExecuteAsync("alter schema activity_v1 rename to away");
        Assert.Null(await world.Engine.ReadAsync("activity", revision, [new(0)], CancellationToken.None));
    }

    [Fact]
    public async Task The_lag_is_the_age_of_the_first_event_that_is_not_applied()
    {
        var clock = new LogClock();
        await using var world = await World.CreateAsync(memory: new InMemoryEventLog(clock));
        var shop = await world.CreateShopAsync();
        using var held = new HeldCommit();
        world.Settings = new EngineSettings { AtCommitPoint = held.At };
        await world.StartAsync();

        held.Hold();
        await shop.AppendAsync(Shop.Track(Ann, "a", 0));
        await held.Reached;
        clock.Now += TimeSpan.FromSeconds(40);
        Assert.All(await LagsAsync(), lag => Assert.Equal(TimeSpan.FromSeconds(40), lag));
        held.Release();
        await world.SettleAsync();
        Assert.All(await LagsAsync(), lag => Assert.Equal(TimeSpan.Zero, lag));

        // After a quiet hour an event that has just come has waited for no time.
        clock.Now += TimeSpan.FromHours(1);
        held.Hold();
        await shop.AppendAsync(Shop.Track(Ann, "a", 1));
        Assert.All(await LagsAsync(), lag => Assert.Equal(TimeSpan.Zero, lag));
        clock.Now += TimeSpan.FromSeconds(3);
        Assert.All(await LagsAsync(), lag => Assert.Equal(TimeSpan.FromSeconds(3), lag));
        held.Release();
        await world.SettleAsync();

        // What is no customer's event keeps nobody behind.
        await world.CreateShopAsync();
        clock.Now += TimeSpan.FromMinutes(5);
        Assert.All(await LagsAsync(), lag => Assert.Equal(TimeSpan.Zero, lag));

        async Task<IEnumerable<TimeSpan>> LagsAsync()
        {
            var instances = (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances;
            Assert.Equal(world.Projections.Count, instances.Count);
            return instances.Select(instance => instance.LagAt(clock.Now));
        }
    }

    // Once the watchdog has seen it as it is now.
    private static async Task<EngineStatus> SeenAsync(World world)
    {
        var status = await world.Engine.GetStatusAsync(false, CancellationToken.None);
        Assert.True(await Eventually.HoldsAsync(() => world.Engine.Latest is { } latest && latest.Head == status.Head && latest.Instances.All(instance => instance.Position == status.Position)));
        return status;
    }
}
