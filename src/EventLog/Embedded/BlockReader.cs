using Microsoft.Data.Sqlite;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>One database connection that reads blocks. Not for use by two threads at once.</summary>
internal sealed class BlockReader : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Statement begin, end, find, scan, last;

    public BlockReader(string directory)
    {
        connection = LogDatabase.OpenReader(directory);
        begin = new Statement(connection, "BEGIN");
        end = new Statement(connection, "COMMIT");
        find = new Statement(connection, "SELECT first, data FROM blocks WHERE first <= ?1 ORDER BY first DESC LIMIT 1");
        scan = new Statement(connection,
            "SELECT first, last, data FROM blocks WHERE first >= (SELECT first FROM blocks WHERE first <= ?1 ORDER BY first DESC LIMIT 1) ORDER BY first");
        last = new Statement(connection, "SELECT last FROM blocks ORDER BY first DESC LIMIT 1");
    }

    public delegate bool OnBlock(long first, int count, ReadOnlySpan<byte> data);

    public SqliteConnection Connection => connection;

    /// <summary>Several reads of one snapshot, cheaper than each by itself.</summary>
    public void Begin() => begin.Run();

    public void End()
    {
        Release();
        end.Run();
    }

    /// <summary>Lets go of the snapshot that the last <see cref="Find"/> holds, which would keep the write-ahead log from starting over.</summary>
    public void Release() => find.Reset();

    /// <summary>The event at a position; its bytes are valid until the next call.</summary>
    public EventRecord Find(long position)
    {
        find.Reset();
        find.Bind(1, position);
        if (!find.Step()) throw new InvalidDataException($"The log has no event at position {position}.");
        return BlockView.Find(find.Blob(1), position - find.Int64(0));
    }

    /// <summary>Hands over blocks in order, from the one that holds <paramref name="position"/>, until the receiver has enough.</summary>
    public void Scan(long position, OnBlock receive)
    {
        scan.Bind(1, position);
        try
        {
            while (scan.Step())
            {
                var first = scan.Int64(0);
                if (!receive(first, (int)(scan.Int64(1) - first + 1), scan.Blob(2))) return;
            }
        }
        finally
        {
            scan.Reset();
        }
    }

    /// <summary>The last position written; 0 for an empty log.</summary>
    public long ReadLast()
    {
        var position = last.Step() ? last.Int64(0) : 0;
        last.Reset();
        return position;
    }

    public void Dispose()
    {
        begin.Dispose();
        end.Dispose();
        find.Dispose();
        scan.Dispose();
        last.Dispose();
        connection.Dispose();
    }
}
