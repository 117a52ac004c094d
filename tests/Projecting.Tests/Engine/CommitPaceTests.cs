using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

public sealed class CommitPaceTests
{
    [Fact]
    public void A_commit_is_due_halfway_to_the_end_of_the_log_unless_the_last_was_a_moment_ago()
    {
        var pace = new CommitPace();
        for (var i = 0; i < 3; i++) pace.Committed(isBehind: true);
        var moment = Limits.HalfwayCommitInterval + TimeSpan.FromMilliseconds(1);
        Assert.True(pace.Interval > moment);
        Assert.True(pace.IsDue(moment, done: 500, left: 500));
        Assert.False(pace.IsDue(moment, done: 499, left: 501));
        Assert.False(pace.IsDue(moment, done: 500, left: null));
        Assert.False(pace.IsDue(Limits.HalfwayCommitInterval, done: 1_000, left: 1));
        Assert.False(pace.IsDue(pace.Interval, done: 1, left: null));
        Assert.True(pace.IsDue(pace.Interval + TimeSpan.FromMilliseconds(1), done: 1, left: null));
    }

    [Fact]
    public void Commits_go_apart_while_it_stays_behind_up_to_the_longest_interval_and_start_over_near_the_head()
    {
        var pace = new CommitPace();
        var intervals = new List<TimeSpan> { pace.Interval };
        for (var i = 0; i < 20; i++)
        {
            pace.Committed(isBehind: true);
            intervals.Add(pace.Interval);
        }
        Assert.Equal((Limits.ShortestCommitInterval, Limits.LongestCommitInterval), (intervals[0], intervals[^1]));
        Assert.All(intervals.Zip(intervals.Skip(1)), pair => Assert.True(pair.Second > pair.First || pair.First == Limits.LongestCommitInterval));
        pace.Committed(isBehind: false);
        Assert.Equal(Limits.ShortestCommitInterval, pace.Interval);
    }
}
