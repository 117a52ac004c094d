using System.Runtime.CompilerServices;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Api.Live;

/// <summary>
/// Wakes those who wait for newer numbers: after every commit of the engine. Nothing is queued for a slow reader; it finds the newest state when it comes back.
/// </summary>
public sealed class ChangeFeed : IDisposable
{
    private readonly ProjectionEngine engine;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private TaskCompletionSource moved = NewSignal();

    /// <summary>A feed of an engine's commits.</summary>
    public ChangeFeed(ProjectionEngine engine, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(engine);
        (this.engine, this.clock) = (engine, clock);
        engine.Committed += OnCommitted;
    }

    /// <summary>The position now, then again after commits, until cancelled. Commits that follow each other within <see cref="Limits.PushInterval"/> are told as one.</summary>
    /// <param name="tick">Told at least this often, also without commits: numbers that move with the clock. Null = only after commits.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<LogPosition?> WatchAsync(TimeSpan? tick, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate) next = moved.Task;
            yield return engine.Position;
            if (tick is { } most) await Task.WhenAny(next, Task.Delay(most, clock, cancellationToken));
            else await next.WaitAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(Limits.PushInterval, clock, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => engine.Committed -= OnCommitted;

    private void OnCommitted(LogPosition position)
    {
        TaskCompletionSource old;
        lock (gate) (old, moved) = (moved, NewSignal());
        old.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
