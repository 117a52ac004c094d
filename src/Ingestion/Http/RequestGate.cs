namespace EventSourcedAnalytics.Ingestion;

/// <summary>Lets so many requests in at once as bodies may be in memory. The others wait unread, so senders are slowed down by the network instead of filling the memory.</summary>
internal sealed class RequestGate : IDisposable
{
    private readonly SemaphoreSlim free = new(Limits.MaxConcurrentRequests);

    public Task EnterAsync(CancellationToken cancellationToken) => free.WaitAsync(cancellationToken);

    public void Leave() => free.Release();

    public void Dispose() => free.Dispose();
}
