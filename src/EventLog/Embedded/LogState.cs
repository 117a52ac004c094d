using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// What is known of the log in memory: everything in it can be had again from the database, which is how a start and the recovery from a
/// failed write work alike.
/// </summary>
internal sealed class LogState
{
    private readonly ConcurrentDictionary<StreamKey, StreamSettings> settings = new();

    private LogState(StreamHasher hasher) => Hasher = hasher;

    public StreamHasher Hasher { get; }

    public StreamHeads Heads { get; } = new();

    public RecentIds Recent { get; } = new(EmbeddedLimits.RecentIds);

    /// <summary>The last durable position that <see cref="Heads"/> knows of.</summary>
    public long Position { get; set; }

    /// <summary>The position up to which the heads are in the database.</summary>
    public long FlushedUpTo { get; set; }

    /// <summary>Rows' worth of stream heads in the database, the outdated ones included.</summary>
    public long StoredHeads { get; set; }

    /// <summary>Scratch space of the writer's transactions, which come one after the other.</summary>
    public Dictionary<StreamKey, StreamHead> PendingHeads { get; } = [];

    /// <summary>The newest block, which the next events still go into; null if the next event starts a block.</summary>
    public Block? Tail { get; set; }

    public static LogState Load(BlockReader reader, StreamHasher hasher, int blockBytes)
    {
        var state = new LogState(hasher);
        reader.Begin();
        state.LoadHeads(reader.Connection);
        state.LoadSettings(reader.Connection);
        state.Position = state.FlushedUpTo;
        state.Replay(reader);
        state.LoadTail(reader, blockBytes);
        reader.End();
        return state;
    }

    public StreamSettings SettingsOf(StreamKey key) => settings.TryGetValue(key, out var found) ? found : StreamSettings.None;

    public void Set(StreamKey key, StreamSettings changed) => settings[key] = changed;

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
                if (record.Revision == long.MaxValue) continue;
                var key = Hasher.Of(record.Stream);
                Heads.Replay(key, record.Revision, Position);
                Recent.Add(record.Id, key, record.Revision, Position);
            }
            return true;
        });
    }

    public void LoadSettings(SqliteConnection connection)
    {
        using var rows = new Statement(connection, "SELECT stream, truncate_before, max_count, max_age, tombstoned FROM settings");
        while (rows.Step())
            settings[Hasher.Of(rows.Text(0))] = new StreamSettings(rows.Int64(1), rows.Int64(2), rows.Int64(3), rows.Int64(4) != 0);
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
