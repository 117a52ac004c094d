namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>How far apart the commits of the live loop are: the longer it stays behind, the more is committed at once, and a person that comes often is written once.</summary>
internal sealed class CommitPace
{
    /// <summary>Time from the last commit to the next while it is behind.</summary>
    public TimeSpan Interval { get; private set; } = Limits.ShortestCommitInterval;

    /// <summary>A commit has begun.</summary>
    /// <param name="isBehind">Whether more waits already.</param>
    public void Committed(bool isBehind) => Interval = isBehind
        ? TimeSpan.FromTicks(Math.Min(Limits.CommitIntervalGrowth * Interval.Ticks, Limits.LongestCommitInterval.Ticks))
        : Limits.ShortestCommitInterval;
}
