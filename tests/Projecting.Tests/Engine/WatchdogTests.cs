using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>When the projections count as stalled: events wait, and nothing is committed.</summary>
public sealed class WatchdogTests
{
    private readonly Watchdog watchdog = new(TimeSpan.FromSeconds(30));

    [Fact]
    public void Nothing_to_do_is_no_stall()
    {
        for (var minute = 0; minute < 10; minute++)
        {
            Assert.False(watchdog.IsStalled(null, null, TimeSpan.FromMinutes(minute)));
            Assert.False(watchdog.IsStalled(At(7), At(7), TimeSpan.FromMinutes(minute)));
        }
    }

    [Fact]
    public void A_gap_in_which_something_moves_is_no_stall()
    {
        for (var second = 0; second < 600; second += 20) Assert.False(watchdog.IsStalled(At(second), At(1_000), TimeSpan.FromSeconds(second)));
    }

    [Fact]
    public void A_gap_without_a_commit_is_a_stall_after_patience_and_ends_with_the_next_commit()
    {
        Assert.False(watchdog.IsStalled(null, At(9), TimeSpan.FromSeconds(100)));
        Assert.False(watchdog.IsStalled(null, At(10), TimeSpan.FromSeconds(129)));
        Assert.True(watchdog.IsStalled(null, At(11), TimeSpan.FromSeconds(130)));
        Assert.False(watchdog.IsStalled(At(3), At(11), TimeSpan.FromSeconds(131)));
        Assert.True(watchdog.IsStalled(At(3), At(11), TimeSpan.FromSeconds(161)));
        Assert.False(watchdog.IsStalled(At(11), At(11), TimeSpan.FromSeconds(162)));
    }

    [Fact]
    public void What_is_done_before_the_next_commit_is_no_stall_while_it_moves()
    {
        for (var second = 0; second < 600; second += 20) Assert.False(watchdog.IsStalled(At(3), At(1_000), TimeSpan.FromSeconds(second), recovered: At(second)));
        Assert.True(watchdog.IsStalled(At(3), At(1_000), TimeSpan.FromSeconds(640), recovered: At(580)));
    }

    [Fact]
    public void Waiting_begins_with_the_gap_and_not_with_the_last_commit()
    {
        Assert.False(watchdog.IsStalled(At(5), At(5), TimeSpan.Zero));
        Assert.False(watchdog.IsStalled(At(5), At(6), TimeSpan.FromHours(1)));
        Assert.False(watchdog.IsStalled(At(5), At(6), TimeSpan.FromHours(1) + TimeSpan.FromSeconds(29)));
        Assert.True(watchdog.IsStalled(At(5), At(6), TimeSpan.FromHours(1) + TimeSpan.FromSeconds(30)));
    }

    private static LogPosition At(long commit) => new(commit, commit);
}
