using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>At the end of a rebuild those are folded again whose events came late: beside the commit of all others, and side by side.</summary>
public sealed class SecondPassTests
{
    private const int Sent = 7;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Late_persons_are_folded_again_while_the_commit_of_all_others_is_under_way()
    {
        using var held = new HeldCommit();
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await StartAsync(() => read.TrySetResult(), new EngineSettings { AtCommitPoint = held.At });
        held.Hold();
        var rebuilding = world.Engine.RunRebuildAsync("activity", null, CancellationToken.None);
        await held.Reached;
        // Let go whatever comes out: an engine with a commit that is held does not end.
        var isReadMeanwhile = await Eventually.HoldsAsync(() => read.Task.IsCompleted) && !rebuilding.IsCompleted;
        held.Release();
        Assert.True(isReadMeanwhile, "The second pass waits for the commit of the first.");
        await AssertEqualAsync(world, rebuilding);
    }

    [Fact]
    public async Task Several_late_persons_are_folded_again_side_by_side()
    {
        using var bothInside = new Barrier(2);
        var (met, missed) = (0, 0);
        await using var world = await StartAsync(
            () =>
            {
                if (bothInside.SignalAndWait(Patience)) Interlocked.Increment(ref met);
                else Interlocked.Increment(ref missed);
            },
            new EngineSettings());
        await AssertEqualAsync(world, world.Engine.RunRebuildAsync("activity", null, CancellationToken.None));
        Assert.Equal((2, 0), (met, missed));
    }

    [Theory]
    [InlineData(10_000_000, 2)]
    [InlineData(1, 3)]
    public async Task The_log_is_read_again_where_that_costs_less_than_the_streams_once_for_each_memoryful(long bytes, int reads)
    {
        var streams = 0;
        WatchedLog? watched = null;
        await using var world = await StartAsync(
            () => Interlocked.Increment(ref streams), new EngineSettings(), EngineTuning.Default with { ScannedPersons = 2, RefoldBytes = bytes }, log => watched = log);
        var before = watched!.EventsRead;
        var schema = await world.Engine.RunRebuildAsync("activity", null, CancellationToken.None).WaitAsync(2 * Patience);
        Assert.Equal((reads * Sent, 0), (watched.EventsRead - before, streams));
        await AssertEqualAsync(world, Task.FromResult(schema));
    }

    [Fact]
    public async Task A_rebuild_tells_how_many_wait_for_the_second_pass()
    {
        using var open = new ManualResetEventSlim();
        var told = new System.Collections.Concurrent.ConcurrentBag<RebuildProgress>();
        await using var world = await StartAsync(() => open.Wait(Patience), new EngineSettings());
        var rebuilding = world.Engine.RunRebuildAsync("activity", new Told(told.Add), CancellationToken.None);
        var isTold = await Eventually.HoldsAsync(() => told.Any(progress => progress is { IsSecondPass: true, Waiting: 2 }));
        open.Set();
        Assert.True(isTold, string.Join('\n', told));
        await AssertEqualAsync(world, rebuilding);
        Assert.Contains(told, static progress => progress is { IsSecondPass: false, Waiting: 0, Fraction: 1 });
    }

    // Two persons of a shop come late, each in a batch of its own; from here on each read of a stream is told.
    private static async Task<World> StartAsync(Action beforeReadStream, EngineSettings settings, EngineTuning? tuning = null, Action<WatchedLog>? watch = null)
    {
        WatchedLog? watched = null;
        var world = await World.CreateAsync(log => watched = new WatchedLog(log));
        watch?.Invoke(watched!);
        world.Tuning = (tuning ?? EngineTuning.Default) with { CatchUpBatchEvents = 1 };
        var shop = await world.CreateShopAsync();
        await world.StartAsync(settings);
        foreach (var minute in new[] { 10, 20, 5 })
            foreach (var person in new[] { "ann", "bob" })
                await shop.AppendAsync(Shop.Track(CustomerId.User(person), "a", minute));
        await shop.AppendAsync(Shop.Track(CustomerId.User("cid"), "b", 1));
        await world.SettleAsync();
        watched!.BeforeReadStream = beforeReadStream;
        return world;
    }

    private sealed class Told(Action<RebuildProgress> tell) : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value) => tell(value);
    }

    private static async Task AssertEqualAsync(World world, Task<string> rebuilding)
    {
        var schema = await rebuilding.WaitAsync(2 * Patience);
        Assert.Equal(2L, await world.ScalarAsync("select count(*) from projecting.instances where schema_name like 'activity%'"));
        Assert.Equal(3L, await world.ScalarAsync($"select count(*) from {schema}.states"));
        Assert.True((await world.Engine.CompareAsync("activity", CancellationToken.None)).IsEqual);
    }
}
