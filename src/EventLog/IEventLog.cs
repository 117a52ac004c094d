namespace EventSourcedAnalytics.EventLog;

/// <summary>
/// The port to the log: the only source of truth. Two adapters stand behind it, EventStoreDB and the embedded log, and one contract suite
/// runs on both. Streams have revisions from 0; all events of the log have one order, their position.
/// </summary>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>
    /// The identity of this log: made once when the log is first used and kept in it. Checkpoints carry it, so that a read model is never
    /// continued on another log.
    /// </summary>
    ValueTask<Guid> GetIdentityAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Appends events to one stream, all or none, and returns when they are durable. Idempotent as EventStoreDB is: with an explicit revision
    /// (or <see cref="ExpectedRevision.NoStream"/>) a repeated append of the same event ids succeeds with the original revision and position.
    /// </summary>
    ValueTask<AppendResult> AppendAsync(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken);

    /// <summary>
    /// Many appends, each atomic by itself and independent of the others; the result at index i belongs to the append at index i. Appends to
    /// the same stream keep their order. A failure of one (<see cref="AppendResult.Failed"/>) does not undo another.
    /// </summary>
    ValueTask<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken);

    /// <summary>
    /// Reads one page of a stream. Reading a missing or deleted stream is no error: the page says so.
    /// </summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="direction">Forwards from low revisions, or backwards.</param>
    /// <param name="from">First revision to read, inclusive; null = the stream's start (forwards) or end (backwards).</param>
    /// <param name="maxCount">At most this many events, 1 to <see cref="Limits.MaxPageEvents"/>.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<StreamPage> ReadStreamAsync(string stream, ReadDirection direction, long? from, int maxCount, CancellationToken cancellationToken);

    /// <summary>
    /// Reads one page of the whole log forwards.
    /// </summary>
    /// <param name="after">The position to start behind, exclusive; null = from the first event.</param>
    /// <param name="maxCount">At most this many matching events, 1 to <see cref="Limits.MaxPageEvents"/>.</param>
    /// <param name="filter">Which streams.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<LogPage> ReadAllAsync(LogPosition? after, int maxCount, StreamFilter filter, CancellationToken cancellationToken);

    /// <summary>The position of the last event in the log, whatever its stream; null while the log is empty.</summary>
    ValueTask<LogPosition?> GetHeadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// A catch-up subscription to the whole log: pages from <paramref name="after"/> to the head, then live events as they are appended, in
    /// order, each once, until cancelled. A page may be empty: it then only moves <see cref="LogPage.LastPosition"/> or tells that the reader caught up.
    /// Breaks of the connection are mended inside.
    /// </summary>
    IAsyncEnumerable<LogPage> SubscribeToAllAsync(LogPosition? after, int maxPageEvents, StreamFilter filter, CancellationToken cancellationToken);
}
