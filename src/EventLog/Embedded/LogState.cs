using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// What is known of the log in memory: everything in it can be had again from the database, which is how a start and the recovery from a
/// failed write work alike.
/// </summary>
internal sealed class LogState
{
    private LogState() { }

    public StreamHeads Heads { get; } = new();

    public ConcurrentDictionary<StreamKey, StreamSettings> Settings { get; } = new();

    public RecentIds Recent { get; } = new(EmbeddedLimits.RecentIds);

    /// <summary>The last durable position that <see cref="Heads"/> knows of.</summary>
    public long Position { get; set; }

    /// <summary>The position up to which the heads are in the database.</summary>
    public long FlushedUpTo { get; set; }

    /// <summary>Rows' worth of stream heads in the database, the outdated ones included.</summary>
    public long StoredHeads { get; set; }

    /// <summary>The newest block, which the next events still go into; null if the next event starts a block.</summary>
    public Block? Tail { get; set; }

    public static LogState Load(BlockReader reader, int blockBytes)
    {
        var state = new LogState();
        reader.Begin();
        state.LoadHeads(reader.Connection);
        state.LoadSettings(reader.Connection);
        state.Position = state.FlushedUpTo;
        state.Replay(reader);
        state.LoadTail(reader, blockBytes);
        reader.End();
        return state;
    }

    public StreamSettings SettingsOf(StreamKey key) =>
        !Settings.IsEmpty && Settings.TryGetValue(key, out var settings) ? settings : StreamSettings.None;

    /// <summary>Takes in the events behind <see cref="Position"/>.</summary>
    public void Replay(BlockReader reader)
    {
        if (reader.ReadLast() <= Position) return;
        reader.Scan(Position + 1, (first, count, data) =>
        {
            for (var i = 0; i < count; i++)
            {
                var record = new EventRecord(data);
                data = data[record.Length..];
                if (first + i <= Position) continue;
                Position = first + i;
                Heads.Replay(record, Position);
                Recent.Add(record.Id, new RecentIds.Place(StreamKey.Of(record.Stream), record.Revision, Position));
            }
            return true;
        });
    }

    public void LoadSettings(SqliteConnection connection)
    {
        using var rows = new Statement(connection, "SELECT stream, truncate_before, max_count, max_age, tombstoned FROM settings");
        while (rows.Step())
            Settings[StreamKey.Of(rows.Text(0))] = new StreamSettings(rows.Int64(1), rows.Int64(2), rows.Int64(3), rows.Int64(4) != 0);
    }

    private void LoadHeads(SqliteConnection connection)
    {
        using var rows = new Statement(connection, "SELECT upto, data FROM heads ORDER BY id");
        while (rows.Step())
        {
            FlushedUpTo = rows.Int64(0);
            var row = rows.Blob(1);
            StoredHeads += row.Length / StreamHeads.EntryBytes;
            Heads.Load(row);
        }
    }

    private void LoadTail(BlockReader reader, int blockBytes)
    {
        if (Position == 0) return;
        reader.Scan(Position, (first, count, data) =>
        {
            Tail = Block.Restore(first, count, data, blockBytes);
            return false;
        });
    }
}
