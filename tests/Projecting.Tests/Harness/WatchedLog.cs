using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Tests.Harness;

/// <summary>A log that tells when a stream is about to be read, so that a test can come between.</summary>
internal sealed class WatchedLog(IEventLog log) : IEventLog
{
    /// <summary>Called before each read of a stream; what it throws, the read throws.</summary>
    public Action? BeforeReadStream { get; set; }

    public ValueTask<Guid> GetIdentityAsync(CancellationToken cancellationToken) => log.GetIdentityAsync(cancellationToken);

    public ValueTask<AppendResult> AppendAsync(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        log.AppendAsync(stream, expected, events, cancellationToken);

    public ValueTask<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken) => log.AppendManyAsync(appends, cancellationToken);

    public ValueTask<StreamPage> ReadStreamAsync(string stream, ReadDirection direction, long? from, int maxCount, CancellationToken cancellationToken)
    {
        BeforeReadStream?.Invoke();
        return log.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);
    }

    public ValueTask<LogPage> ReadAllAsync(LogPosition? after, int maxCount, StreamFilter filter, CancellationToken cancellationToken) =>
        log.ReadAllAsync(after, maxCount, filter, cancellationToken);

    public ValueTask<LogPosition?> GetHeadAsync(CancellationToken cancellationToken) => log.GetHeadAsync(cancellationToken);

    public IAsyncEnumerable<LogPage> SubscribeToAllAsync(LogPosition? after, int maxPageEvents, StreamFilter filter, CancellationToken cancellationToken) =>
        log.SubscribeToAllAsync(after, maxPageEvents, filter, cancellationToken);

    public ValueTask DisposeAsync() => log.DisposeAsync();
}
