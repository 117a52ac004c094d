using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>A position that only grows, and those who wait for it.</summary>
internal sealed class PositionSignal
{
    private readonly Lock gate = new();
    private TaskCompletionSource moved = New();

    private LogPosition? current;

    /// <summary>Where it stands; null = nowhere yet.</summary>
    public LogPosition? Position
    {
        get { lock (gate) return current; }
    }

    public void Move(LogPosition? position)
    {
        TaskCompletionSource old;
        lock (gate)
        {
            current = position;
            (old, moved) = (moved, New());
        }
        old.SetResult();
    }

    public async Task<bool> WaitAsync(LogPosition position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (current is { } reached && reached >= position) return true;
                next = moved.Task;
            }
            try { await next.WaitAsync(limit.Token); }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { return false; }
        }
    }

    /// <summary>Waits until it stands elsewhere than at a position.</summary>
    public async Task WaitPastAsync(LogPosition? position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (current is { } reached && !(position >= reached)) return;
                next = moved.Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
