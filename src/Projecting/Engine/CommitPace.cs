namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// How far apart the commits of the live loop are: the longer it stays behind, the more is committed at once, and a person that comes often is written once. Towards the log's end
/// they come closer again, so that little is left to commit when nothing is left to fold.
/// </summary>
internal sealed class CommitPace
{
    /// <summary>Longest time from the last commit to the next while it is behind.</summary>
    public TimeSpan Interval { get; private set; } = Limits.ShortestCommitInterval;

    /// <summary>Whether it is time for the next commit while it is behind.</summary>
    /// <param name="since">Time since the last one.</param>
    /// <param name="done">Positions from there to where it is now.</param>
    /// <param name="left">Positions from here to the log's end; null = not known.</param>
    public bool IsDue(TimeSpan since, long done, long? left) => since > Interval || (since > Limits.HalfwayCommitInterval && done >= left);

    /// <summary>A commit has begun.</summary>
    /// <param name="isBehind">Whether more waits already.</param>
    public void Committed(bool isBehind) => Interval = isBehind
        ? TimeSpan.FromTicks(Math.Min(Limits.CommitIntervalGrowth * Interval.Ticks, Limits.LongestCommitInterval.Ticks))
        : Limits.ShortestCommitInterval;
}
