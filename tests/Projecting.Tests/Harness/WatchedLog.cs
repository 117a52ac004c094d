using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Tests.Harness;

/// <summary>A log that tells when a stream is about to be read, so that a test can come between, and that can lose events in reads of the whole log.</summary>
internal sealed class WatchedLog(IEventLog log) : IEventLog
{
    /// <summary>Called before each read of a stream; what it throws, the read throws.</summary>
    public Action? BeforeReadStream { get; set; }

    /// <summary>Awaited before each read of the whole log, subscriptions aside.</summary>
    public Func<Task>? BeforeReadAll { get; set; }

    /// <summary>Events that reads of the whole log leave out; their streams still have them.</summary>
    public Func<RecordedEvent, bool>? Loses { get; set; }

    /// <summary>Events that reads of the whole log gave so far, subscriptions aside.</summary>
    public long EventsRead { get; private set; }

    public ValueTask<Guid> GetIdentityAsync(CancellationToken cancellationToken) => log.GetIdentityAsync(cancellationToken);

    public ValueTask<AppendResult> AppendAsync(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        log.AppendAsync(stream, expected, events, cancellationToken);

    public ValueTask<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken) => log.AppendManyAsync(appends, cancellationToken);

    public ValueTask<StreamPage> ReadStreamAsync(string stream, ReadDirection direction, long? from, int maxCount, CancellationToken cancellationToken)
    {
        BeforeReadStream?.Invoke();
        return log.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);
    }

    public async ValueTask<LogPage> ReadAllAsync(LogPosition? after, int maxCount, StreamFilter filter, CancellationToken cancellationToken)
    {
        if (BeforeReadAll is { } before) await before();
        var page = Lossy(await log.ReadAllAsync(after, maxCount, filter, cancellationToken));
        EventsRead += page.Events.Count;
        return page;
    }

    public ValueTask<LogPosition?> GetHeadAsync(CancellationToken cancellationToken) => log.GetHeadAsync(cancellationToken);

    public async IAsyncEnumerable<LogPage> SubscribeToAllAsync(
        LogPosition? after, int maxPageEvents, StreamFilter filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in log.SubscribeToAllAsync(after, maxPageEvents, filter, cancellationToken)) yield return Lossy(page);
    }

    public ValueTask DisposeAsync() => log.DisposeAsync();

    private LogPage Lossy(LogPage page) => Loses is { } loses ? page with { Events = [.. page.Events.Where(recorded => !loses(recorded))] } : page;
}
