using EventSourcedAnalytics.Projecting.Committing;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// Decides, look by look, whether a process that keeps something is dead. Only time that passed between two looks counts, and not more of it than a look takes: while this process slept, or
/// Postgres was away, nobody's heart could be heard.
/// </summary>
internal sealed class LeaseWatch(TimeSpan lease)
{
    private Pulse? last;
    private TimeSpan lastAt;
    private TimeSpan still;
    private TimeSpan gone;

    /// <summary>Time without a heartbeat connection, for example after a restart of Postgres, that an owner gets to come back.</summary>
    private TimeSpan Grace => TimeSpan.FromTicks(Math.Min(Limits.OwnerGrace.Ticks, (lease * 0.4).Ticks));

    private TimeSpan LongestStep => lease * 0.2;

    /// <summary>Notes what was heard.</summary>
    /// <param name="now">The process now.</param>
    /// <param name="at">Now, by a clock that never jumps.</param>
    /// <returns>True if what it keeps may be taken.</returns>
    public bool IsDead(Pulse now, TimeSpan at)
    {
        var step = last is null ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min((at - lastAt).Ticks, LongestStep.Ticks));
        var isStill = last is not null && (last.Value.Epoch, last.Value.Beat) == (now.Epoch, now.Beat);
        still = isStill ? still + step : TimeSpan.Zero;
        gone = isStill && !now.IsConnected ? gone + step : TimeSpan.Zero;
        (last, lastAt) = (now, at);
        return still >= lease || gone >= Grace;
    }
}
