using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>A position that only grows, and those who wait for it.</summary>
internal sealed class PositionSignal
{
    private readonly Lock gate = new();
    private TaskCompletionSource moved = New();

    public LogPosition? Position { get; private set; }

    public void Move(LogPosition? position)
    {
        TaskCompletionSource old;
        lock (gate)
        {
            Position = position;
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
                if (Position is { } reached && reached >= position) return true;
                next = moved.Task;
            }
            try { await next.WaitAsync(limit.Token); }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { return false; }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
