using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>Statements with their values, <c>$1</c> first.</summary>
internal static class Sql
{
    /// <summary>When a backend began: with its process id it names a connection for ever.</summary>
    public const string OwnStart = "(select backend_start from pg_stat_get_activity(pg_backend_pid()))";

    // What holds a lock may be held itself, so nobody waits for it longer.
    private const int TimeoutSeconds = 10;

    /// <summary>A statement of a batch.</summary>
    public static NpgsqlBatchCommand Of(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    /// <summary>A statement of a connection that keeps a lease or a share; it gives up after a while.</summary>
    public static NpgsqlCommand On(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = TimeoutSeconds };
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
