using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

public sealed class CommitPaceTests
{
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
