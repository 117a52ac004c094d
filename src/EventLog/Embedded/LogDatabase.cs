using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>Opens the log's SQLite file: write-ahead log, every commit synced.</summary>
internal static class LogDatabase
{
    public const string FileName = "log.db";

    private const int Format = 1;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL, identity TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS blocks (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, data BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS heads (id INTEGER PRIMARY KEY, upto INTEGER NOT NULL, data BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS settings (stream TEXT PRIMARY KEY, truncate_before INTEGER NOT NULL, max_count INTEGER NOT NULL,
            max_age INTEGER NOT NULL, tombstoned INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>Makes the log's tables and identity where they are missing.</summary>
    /// <returns>The identity.</returns>
    public static Guid Create(string directory)
    {
        using (var connection = OpenWriter(directory))
        {
            Execute(connection, "BEGIN IMMEDIATE");
            Execute(connection, Schema);
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT OR IGNORE INTO log (id, format, identity) VALUES (1, $format, $identity)";
            insert.Parameters.AddWithValue("$format", Format);
            insert.Parameters.AddWithValue("$identity", Guid.NewGuid().ToString("D"));
            insert.ExecuteNonQuery();
            Execute(connection, "COMMIT");
        }
        return ReadIdentity(directory);
    }

    public static SqliteConnection OpenWriter(string directory)
    {
        var connection = Open(directory, SqliteOpenMode.ReadWriteCreate);
        try
        {
            Execute(connection, $"PRAGMA page_size = {EmbeddedLimits.PageBytes}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                + "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenReader(string directory)
    {
        var connection = Open(directory, SqliteOpenMode.ReadWrite);
        Execute(connection, "PRAGMA query_only = 1; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY");
        return connection;
    }

    /// <summary>The identity written on first start.</summary>
    /// <exception cref="InvalidDataException">The file was written by another version of the format.</exception>
    public static Guid ReadIdentity(string directory)
    {
        using var connection = OpenReader(directory);
        using var statement = new Statement(connection, "SELECT format, identity FROM log WHERE id = 1");
        if (!statement.Step()) throw new InvalidDataException("The log's file holds no identity: it is not a log, or its first start was interrupted.");
        var format = statement.Int64(0);
        if (format != Format)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"The log's file has format {format}, this version reads {Format}: use the version that wrote it."));
        return Guid.Parse(statement.Text(1));
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string directory, SqliteOpenMode mode)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(directory, FileName),
            Mode = mode,
            Pooling = false,
            DefaultTimeout = EmbeddedLimits.BusyMilliseconds / 1000,
        };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {EmbeddedLimits.BusyMilliseconds}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
