using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// A log in one directory of this machine, for a single writing process. An append is answered when it is on the disk; appends that wait at
/// the same time share one transaction and one sync. Positions are 1, 2, 3 ...
/// </summary>
public sealed class EmbeddedEventLog : IEventLog
{
    private readonly EmbeddedOptions options;
    private readonly WriterLock? writerLock;
    private readonly ReaderPool readers;
    private readonly TailCache cache;
    private readonly LogHead head = new();
    private readonly BufferPool buffers = new();
    private readonly LogWriter? writer;
    private readonly LogFollower? follower;
    private readonly Guid identity;
    private readonly StreamHasher hasher;
    private readonly CancellationTokenSource closed = new();
    private int disposed;

    private EmbeddedEventLog(string directory, EmbeddedOptions options, WriterLock? writerLock)
    {
        (this.options, this.writerLock) = (options, writerLock);
        readers = new ReaderPool(directory);
        cache = new TailCache(options.TailCacheBytes);
        identity = options.ReadOnly ? LogDatabase.ReadIdentity(directory) : LogDatabase.Create(directory);
        hasher = new StreamHasher(identity);
        if (options.ReadOnly) follower = new LogFollower(directory, options, hasher, head);
        else writer = new LogWriter(directory, options, hasher, readers, cache, head);
    }

    /// <summary>Opens the log in a directory, or makes one there.</summary>
    /// <param name="directory">The log's directory; nothing else should be in it.</param>
    /// <param name="options">How to open it; null = for writing.</param>
    /// <exception cref="IOException">Another process writes this log; the message says which. Or the log is damaged.</exception>
    /// <exception cref="FileNotFoundException">Opened read-only and there is no log.</exception>
    public static EmbeddedEventLog Open(string directory, EmbeddedOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new EmbeddedOptions();
        if (options.ReadOnly)
        {
            var file = Path.Combine(directory, LogDatabase.FileName);
            if (!File.Exists(file)) throw new FileNotFoundException($"There is no log in {directory} yet; start the server that writes it, or check Data__Directory.", file);
            return new EmbeddedEventLog(directory, options, null);
        }
        Directory.CreateDirectory(directory);
        var writerLock = WriterLock.Take(directory);
        try
        {
            return new EmbeddedEventLog(directory, options, writerLock);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            writerLock.Dispose();
            throw new IOException($"The log in {directory} is damaged ({error.Message}). Put a backup of its {LogDatabase.FileName} in its place; keep the damaged one aside.", error);
        }
        catch
        {
            writerLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<Guid> GetIdentityAsync(CancellationToken cancellationToken) => new(identity);

    /// <inheritdoc/>
    /// <remarks>Cancelling ends the waiting for a place in the queue; an append that has its place is carried out and answered.</remarks>
    public async ValueTask<AppendResult> AppendAsync(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentOutOfRangeException.ThrowIfZero(events.Count, nameof(events));
        return (await WriteAsync(new AppendCall([new StreamAppend(stream, expected, events)], hasher), cancellationToken).ConfigureAwait(false))[0];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(appends);
        foreach (var append in appends) ArgumentOutOfRangeException.ThrowIfZero(append.Events.Count, nameof(appends));
        return await WriteAsync(new AppendCall(appends, hasher), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Deletes a stream: it reads as missing until something is appended, which goes on numbering where the stream ended.
    /// </summary>
    /// <returns><see cref="AppendResult.Appended"/> with the position of the deletion, or why not.</returns>
    public async ValueTask<AppendResult> DeleteStreamAsync(string stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
        (await WriteAsync(new AppendCall([new StreamAppend(stream, expected, [])], hasher, CallKind.Delete), cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Deletes a stream for good: nothing can be read from it or appended to it any more.</summary>
    /// <returns><see cref="AppendResult.Appended"/> with the position of the tombstone, or why not.</returns>
    public async ValueTask<AppendResult> TombstoneStreamAsync(string stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
        (await WriteAsync(new AppendCall([new StreamAppend(stream, expected, [])], hasher, CallKind.Tombstone), cancellationToken).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public async ValueTask<StreamPage> ReadStreamAsync(string stream, ReadDirection direction, long? from, int maxCount, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(stream);
        CheckMaxCount(maxCount);
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        var key = hasher.Of(stream);
        if (follower is not null) follower.Refresh(withHeads: true);
        var state = writer?.State ?? follower!.State;
        var read = new StreamRead(state.Heads.Get(key), state.SettingsOf(key), options.Time.GetUtcNow());
        if (!read.Exists) return new StreamPage(false, [], true);
        return await readers.ReadAsync(reader => read.Read(direction, from, maxCount, cache, reader), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<LogPage> ReadAllAsync(LogPosition? after, int maxCount, StreamFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        CheckMaxCount(maxCount);
        return ScanAsync(after?.Commit ?? 0, maxCount, EmbeddedLimits.ScannedEvents, filter, cancellationToken);
    }

    /// <summary>Reads the whole log forwards, looking at a bounded number of events.</summary>
    internal ValueTask<LogPage> ScanAsync(long after, int maxCount, long maxScanned, StreamFilter filter, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        follower?.Refresh(withHeads: false);
        var page = new AllPage(after, head.Position, maxCount, maxScanned, filter, buffers);
        while (!page.IsFull && cache.TryGet(page.Position + 1, out var view)) page.Add(view);
        return page.IsFull ? new(page.ToPage()) : ReadBlocksAsync(page, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<LogPosition?> GetHeadAsync(CancellationToken cancellationToken)
    {
        follower?.Refresh(withHeads: false);
        return new(head.Position == 0 ? null : LogPosition.At(head.Position));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogPage> SubscribeToAllAsync(LogPosition? after, int maxPageEvents, StreamFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closed.Token);
        while (true)
        {
            ended.Token.ThrowIfCancellationRequested();
            var page = await ReadAllAsync(after, maxPageEvents, filter, ended.Token).ConfigureAwait(false);
            after = page.LastPosition;
            yield return page;
            if (page.IsHead) await WaitBeyondAsync(after?.Commit ?? 0, ended.Token).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        await closed.CancelAsync().ConfigureAwait(false);
        if (writer is not null) await Task.Run(writer.Dispose).ConfigureAwait(false);
        follower?.Dispose();
        readers.Dispose();
        writerLock?.Dispose();
    }

    /// <summary>How a stream ends and what can be seen of it.</summary>
    internal StreamStatus StatusOf(string stream)
    {
        follower?.Refresh(withHeads: true);
        var state = writer?.State ?? follower!.State;
        var key = hasher.Of(stream);
        var (last, settings) = (state.Heads.Get(key).Revision, state.SettingsOf(key));
        return new StreamStatus(last, settings.FirstVisible(last), last >= 0 && !settings.IsDeleted, settings.Tombstoned);
    }

    /// <summary>Queues an append, a deletion or a tombstone; appends to one stream keep the order in which this was called.</summary>
    /// <returns>A task of the result, once there is a place in the queue.</returns>
    internal async ValueTask<Task<AppendResult[]>> EnqueueAsync(StreamAppend append, CallKind kind, CancellationToken cancellationToken)
    {
        if (writer is null) throw new InvalidOperationException("The log was opened read-only; append through the process that writes it.");
        var call = new AppendCall([append], hasher, kind);
        if (call.Results[0] is not null) return Task.FromResult(call.Results);
        await writer.EnqueueAsync(call, cancellationToken).ConfigureAwait(false);
        return call.Done;
    }

    /// <summary>Completes when the log has grown behind a position.</summary>
    internal async Task WaitBeyondAsync(long position, CancellationToken cancellationToken)
    {
        if (follower is null)
        {
            await head.WaitBeyondAsync(position, cancellationToken).ConfigureAwait(false);
            return;
        }
        while (head.Position <= position)
        {
            await Task.Delay(EmbeddedLimits.PollMilliseconds, cancellationToken).ConfigureAwait(false);
            follower.Refresh(withHeads: false);
        }
    }

    private static void CheckMaxCount(int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxCount, Limits.MaxPageEvents);
    }

    private async Task<AppendResult[]> WriteAsync(AppendCall call, CancellationToken cancellationToken)
    {
        if (writer is null) throw new InvalidOperationException("The log was opened read-only; append through the process that writes it.");
        if (Array.TrueForAll(call.Results, result => result is not null)) return call.Results;
        await writer.EnqueueAsync(call, cancellationToken).ConfigureAwait(false);
        return await call.Done.ConfigureAwait(false);
    }

    private ValueTask<LogPage> ReadBlocksAsync(AllPage page, CancellationToken cancellationToken) => readers.ReadAsync(reader =>
    {
        reader.Scan(page.Position + 1, (first, count, data) =>
        {
            page.Add(first, count, data);
            return !page.IsFull;
        });
        return page.ToPage();
    }, cancellationToken);
}

/// <summary>How a stream ends.</summary>
/// <param name="Last">Its last revision; -1 = never written.</param>
/// <param name="FirstVisible">The first revision that can be read.</param>
/// <param name="Exists">Whether it can be read: written and not deleted.</param>
/// <param name="Tombstoned">Whether it is deleted for good.</param>
internal readonly record struct StreamStatus(long Last, long FirstVisible, bool Exists, bool Tombstoned);
