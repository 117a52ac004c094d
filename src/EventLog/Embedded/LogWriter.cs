using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// The one thread that writes. It takes whatever calls wait, writes them in one transaction with one sync, and only then answers them.
/// After a failure it forgets its state and reads it again from the database before the next write, so that a full disk or an I/O error
/// costs the appends it hit and nothing else.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private readonly Channel<AppendCall> queue = Channel.CreateBounded<AppendCall>(new BoundedChannelOptions(EmbeddedLimits.QueuedCalls) { SingleReader = true });
    private readonly Thread thread;
    private readonly string directory;
    private readonly EmbeddedOptions options;
    private readonly StreamHasher hasher;
    private readonly ReaderPool readers;
    private readonly TailCache cache;
    private readonly LogHead head;
    private LogState? state;
    private Connection? connection;
    private long walPages;

    public LogWriter(string directory, EmbeddedOptions options, StreamHasher hasher, ReaderPool readers, TailCache cache, LogHead head)
    {
        (this.directory, this.options, this.hasher, this.readers, this.cache, this.head) = (directory, options, hasher, readers, cache, head);
        State = Recover();
        thread = new Thread(Run) { Name = "event log writer", IsBackground = true };
        thread.Start();
    }

    /// <summary>The newest good state; what readers look streams up in.</summary>
    public LogState State { get; private set; }

    /// <summary>Takes a place in the queue.</summary>
    /// <exception cref="ObjectDisposedException">The log is closed.</exception>
    public async ValueTask EnqueueAsync(AppendCall call, CancellationToken cancellationToken)
    {
        try
        {
            await queue.Writer.WriteAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(EmbeddedEventLog), "The log has been closed.");
        }
    }

    /// <summary>Writes what waits, then brings the database into one file.</summary>
    public void Dispose()
    {
        queue.Writer.TryComplete();
        thread.Join();
        if (connection is null) return;
        try
        {
            if (state is not null) FlushHeads(state);
            readers.RunAlone(() => raw.sqlite3_wal_checkpoint_v2(connection.Database.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _));
        }
        catch (SqliteException)
        {
            // Everything acknowledged is in the write-ahead log already; the next start goes on from there.
        }
        connection.Dispose();
    }

    private void Run()
    {
        var calls = new List<AppendCall>();
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            long bytes = 0;
            while (bytes < EmbeddedLimits.TransactionBytes && queue.Reader.TryRead(out var call))
            {
                bytes += call.Bytes;
                calls.Add(call);
            }
            Write(calls);
            calls.Clear();
        }
    }

    private void Write(List<AppendCall> calls)
    {
        try
        {
            var current = state ?? Recover();
            var transaction = new AppendTransaction(current, cache, connection!.Reader, options.BlockBytes, options.Time.GetUtcNow().UtcTicks);
            foreach (var call in calls) transaction.Add(call);
            connection.Reader.Release();
            if (transaction.Blocks.Count > 0) connection.Commit(transaction);
            transaction.Publish();
            head.Publish(transaction.Position);
            foreach (var call in calls) call.Complete();
            walPages += transaction.Blocks.Count + 2;
            Maintain(current);
        }
        catch (Exception error)
        {
            // Whatever went wrong, the thread must live and the callers must hear; the state in memory may be ahead of the file.
            Forget();
            foreach (var call in calls) call.Fail($"The log in {directory} could not write: {error.Message}");
        }
    }

    private void Maintain(LogState current)
    {
        if (current.Position - current.FlushedUpTo >= options.IndexFlushEvents) FlushHeads(current);
        if (walPages * EmbeddedLimits.PageBytes < options.WalBytes) return;
        walPages = 0;
        var database = connection!.Database.Handle;
        raw.sqlite3_wal_checkpoint_v2(database, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out _);
        // Readers that follow one another without a gap keep the write-ahead log from starting over: let them wait once.
        if ((long)pages * EmbeddedLimits.PageBytes > (long)EmbeddedLimits.HinderedCheckpoints * options.WalBytes)
            readers.RunAlone(() => raw.sqlite3_wal_checkpoint_v2(database, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _));
    }

    private void FlushHeads(LogState current)
    {
        var everything = current.StoredHeads + current.Heads.Changed > (2L * current.Heads.Count) + options.IndexFlushEvents;
        connection!.WriteHeads(current.Heads.Encode(everything), current.Position, everything);
        current.StoredHeads = everything ? current.Heads.Count : current.StoredHeads + current.Heads.Changed;
        current.FlushedUpTo = current.Position;
        current.Heads.MarkFlushed();
    }

    private LogState Recover()
    {
        connection ??= new Connection(directory, options.MaxPages);
        state = LogState.Load(connection.Reader, hasher, options.BlockBytes);
        if (state.Tail is not null) cache.Publish([state.Tail]);
        State = state;
        head.Publish(state.Position);
        return state;
    }

    private void Forget()
    {
        state = null;
        connection?.Dispose();
        connection = null;
    }

    /// <summary>The writing connection with its statements, and one that reads beside it.</summary>
    private sealed class Connection : IDisposable
    {
        private readonly Statement begin, commit, insertBlock, insertSettings, insertHeads;

        public Connection(string directory, int maxPages)
        {
            Database = LogDatabase.OpenWriter(directory);
            if (maxPages > 0) LogDatabase.Execute(Database, $"PRAGMA max_page_count = {maxPages}");
            Reader = new BlockReader(directory);
            begin = new Statement(Database, "BEGIN IMMEDIATE");
            commit = new Statement(Database, "COMMIT");
            insertBlock = new Statement(Database, "INSERT OR REPLACE INTO blocks (first, last, data) VALUES (?1, ?2, ?3)");
            insertSettings = new Statement(Database, "INSERT OR REPLACE INTO settings VALUES (?1, ?2, ?3, ?4, ?5)");
            insertHeads = new Statement(Database, "INSERT INTO heads (upto, data) VALUES (?1, ?2)");
        }

        public SqliteConnection Database { get; }

        public BlockReader Reader { get; }

        public void Commit(AppendTransaction transaction)
        {
            begin.Run();
            foreach (var block in transaction.Blocks)
            {
                var view = block.View;
                insertBlock.Bind(1, view.First).Bind(2, view.Last).Bind(3, view.Bytes.Span).Run();
            }
            foreach (var (stream, settings) in transaction.ChangedSettings)
            {
                insertSettings.Bind(1, stream).Bind(2, settings.TruncateBefore).Bind(3, settings.MaxCount).Bind(4, settings.MaxAgeSeconds)
                    .Bind(5, settings.Tombstoned ? 1 : 0).Run();
            }
            commit.Run();
        }

        public void WriteHeads(IEnumerable<byte[]> rows, long upTo, bool everything)
        {
            begin.Run();
            if (everything) LogDatabase.Execute(Database, "DELETE FROM heads");
            foreach (var row in rows) insertHeads.Bind(1, upTo).Bind(2, row).Run();
            commit.Run();
        }

        public void Dispose()
        {
            foreach (var statement in (Statement[])[begin, commit, insertBlock, insertSettings, insertHeads]) statement.Dispose();
            Reader.Dispose();
            Database.Dispose();
        }
    }
}
