using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    /// <summary>Name of the engine's meter and activity source.</summary>
    public const string TelemetryName = "EventSourcedAnalytics.Projecting";

    private volatile EngineStatus? latest;

    /// <summary>The status as the watchdog saw it last; null = not yet.</summary>
    internal EngineStatus? Latest => latest;

    /// <summary>True if events wait and nothing was committed for <see cref="Limits.StallAfter"/>.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>Times of the live loop's batches, facts to commit.</summary>
    public TimeHistogram BatchTimes => meter.BatchTimes;

    /// <summary>Events applied by rebuilds and backfills since the start of the process.</summary>
    public long ReplayedEvents => meter.ReplayedCount;

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var (watchdog, clock) = (new Watchdog(Limits.StallAfter), Stopwatch.StartNew());
        using var timer = new PeriodicTimer(Limits.WatchInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    Note(watchdog.IsStalled(Position, await log.GetHeadAsync(cancellationToken), clock.Elapsed, session?.RecoveredTo ?? opening?.WarmedTo));
                    latest = await GetStatusAsync(withHash: false, cancellationToken);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    logger.LogDebug(error, "The watchdog could not look.");
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private void Note(bool isStalled)
    {
        if (isStalled && !IsStalled)
            logger.LogError("Events wait, but nothing was committed for {Seconds} s: the read models stand at {Position}, and are kept by {Owner}. Last failure: {Failure}.",
                Limits.StallAfter.TotalSeconds, Position, Owner ?? "nobody", LastFailure ?? "none");
        if (!isStalled && IsStalled) logger.LogInformation("The read models move again; they stand at {Position}.", Position);
        IsStalled = isStalled;
    }
}
