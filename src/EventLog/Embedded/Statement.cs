using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// A prepared statement. The hot paths use SQLite's own calls: they bind and read spans without copying through parameter objects.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt handle;

    public Statement(SqliteConnection connection, string sql)
    {
        database = connection.Handle!;
        var status = raw.sqlite3_prepare_v2(database, sql, out handle);
        if (status != raw.SQLITE_OK) throw Error(status);
    }

    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    public Statement Bind(int index, string value)
    {
        Check(raw.sqlite3_bind_text(handle, index, value));
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end.</returns>
    public bool Step()
    {
        var status = raw.sqlite3_step(handle);
        if (status == raw.SQLITE_ROW) return true;
        if (status == raw.SQLITE_DONE) return false;
        var error = Error(status);
        raw.sqlite3_reset(handle);
        throw error;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        while (Step()) { }
        Reset();
    }

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>The column's bytes, valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>Ends the statement's read transaction and makes it ready to run again.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    public void Dispose() => handle.Dispose();

    private void Check(int status)
    {
        if (status != raw.SQLITE_OK) throw Error(status);
    }

    private SqliteException Error(int status) =>
        new(raw.sqlite3_errmsg(database).utf8_to_string(), status, raw.sqlite3_extended_errcode(database));
}
