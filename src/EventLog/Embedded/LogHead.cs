namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>The last durable position, and who waits for a later one.</summary>
internal sealed class LogHead
{
    private readonly Lock gate = new();
    private long position;
    private TaskCompletionSource? next;

    /// <summary>0 while the log is empty.</summary>
    public long Position => Volatile.Read(ref position);

    public void Publish(long newPosition)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            if (newPosition <= position) return;
            Volatile.Write(ref position, newPosition);
            waiting = next;
            next = null;
        }
        waiting?.SetResult();
    }

    /// <summary>Completes when the log has grown behind <paramref name="known"/>.</summary>
    public Task WaitBeyondAsync(long known, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (position > known) return Task.CompletedTask;
            next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return next.Task.WaitAsync(cancellationToken);
        }
    }
}
