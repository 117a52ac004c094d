using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>A log time is found by one look into a table and by reading a minute's events, and it is the position that a scan of the whole log finds.</summary>
public sealed class MinuteTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_log_time_is_found_where_a_scan_of_the_whole_log_finds_it(int seed)
    {
        var (random, clock) = (new Random(seed), new LogClock());
        await using var world = await World.CreateAsync(memory: new InMemoryEventLog(clock));
        var shop = await world.CreateShopAsync();
        for (var round = 0; round < 4; round++)
        {
            world.Tuning = new EngineTuning(random.Next(1, 6), random.Next(1, 20), 1, random.Next(1, 9));
            await world.RestartAsync();
            for (var i = 0; i < 40; i++)
            {
                // Mostly on, sometimes over minutes without an event, sometimes back.
                clock.Now += TimeSpan.FromSeconds(random.Next(6) switch { 0 => random.Next(60, 400), 1 => -random.Next(1, 150), _ => random.Next(0, 25) });
                if (random.Next(10) == 0) await world.CreateShopAsync();
                await shop.AppendAsync(Shop.Track(CustomerId.User("ann"), "a", i));
            }
            await world.SettleAsync();
            await AssertFoundAsync(world, random);
        }
        Assert.True(await world.ScalarAsync("select count(*) from facts.minutes") > 10);
        Assert.Equal(0, await world.ScalarAsync(
            "select count(*) from facts.minutes a join facts.minutes b on b.minute > a.minute where coalesce(b.after_commit, -1) <= coalesce(a.after_commit, -1)"));
    }

    [Fact]
    public async Task A_log_that_was_projected_before_there_was_the_table_gets_its_minutes_at_the_next_start_and_a_gap_is_filled()
    {
        var (random, clock) = (new Random(5), new LogClock());
        await using var world = await World.CreateAsync(memory: new InMemoryEventLog(clock));
        var shop = await world.CreateShopAsync();
        world.Tuning = new EngineTuning(7, 7, 1, 7);
        await world.StartAsync();
        for (var i = 0; i < 60; i++)
        {
            clock.Now += TimeSpan.FromSeconds(random.Next(0, 90));
            await shop.AppendAsync(Shop.Track(CustomerId.User("ann"), "a", i));
        }
        await world.SettleAsync();
        var before = await world.ScalarAsync("select count(*) from facts.minutes");
        foreach (var loss in new[] { "drop table facts.minutes", "delete from facts.minutes where minute % 3 = 0", "delete from facts.minutes where minute < (select max(minute) from facts.minutes)" })
        {
            await world.StopAsync();
            await world.ExecuteAsync(loss);
            await world.StartAsync();
            await world.Engine.BegunAsync(CancellationToken.None);
            Assert.Equal(before, await world.ScalarAsync("select count(*) from facts.minutes"));
            await AssertFoundAsync(world, random);
        }

        // Without a row the answer is the same, only slower.
        await world.ExecuteAsync("delete from facts.minutes where minute % 2 = 0");
        await AssertFoundAsync(world, random, isComplete: false);
    }

    private static async Task AssertFoundAsync(World world, Random random, bool isComplete = true)
    {
        var events = world.Memory.Events.Where(recorded => recorded.Stream.StartsWith(StreamNames.CustomerPrefix, StringComparison.Ordinal)).ToList();
        var explorer = new LogExplorer(world.Log);
        var (first, last) = (events.Min(recorded => recorded.Created).AddMinutes(-3), events.Max(recorded => recorded.Created).AddMinutes(3));
        var times = Enumerable.Range(0, 60).Select(_ => first + ((last - first) * random.NextDouble())).Concat(events.Select(recorded => recorded.Created)).Append(DateTimeOffset.MaxValue);
        foreach (var time in times)
        {
            var naive = events.TakeWhile(recorded => recorded.Created <= time).LastOrDefault()?.Position;
            var near = await world.Engine.FindNearAsync(time, CancellationToken.None);
            var found = await explorer.PositionAtAsync(time, near, CancellationToken.None);
            Assert.Equal(events.Count(recorded => recorded.Position <= naive), events.Count(recorded => recorded.Position <= found));
            if (isComplete) Assert.True(ReachedMinutes(events.Where(recorded => !(recorded.Position <= near) && recorded.Position <= found), near, events) <= 1, $"{time:O}: more than a minute lies between {near} and {found}.");
        }
    }

    // How many minutes of the log's clock some events lie in; those that came while it was set back lie in the one it had reached.
    private static int ReachedMinutes(IEnumerable<RecordedEvent> some, LogPosition? near, List<RecordedEvent> all)
    {
        var reached = all.Where(recorded => recorded.Position <= near).Select(Minute).DefaultIfEmpty(long.MinValue).Max();
        return some.Select(recorded => reached = Math.Max(reached, Minute(recorded))).Distinct().Count();
    }

    private static long Minute(RecordedEvent recorded) => recorded.Created.ToUnixTimeSeconds() / 60;
}
