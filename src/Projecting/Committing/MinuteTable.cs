using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;
using Npgsql;
using NpgsqlTypes;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>Where each minute of the log's clock begins, in Postgres: one row a minute in which events came, written with the facts.</summary>
internal sealed class MinuteTable(NpgsqlDataSource source)
{
    /// <summary>Adds the statement that writes minutes; those that are there stay as they are.</summary>
    public static void AddTo(NpgsqlBatch batch, IReadOnlyList<MinuteStart> starts)
    {
        if (starts.Count == 0) return;
        var command = new NpgsqlBatchCommand("""
            insert into facts.minutes (minute, after_commit, after_prepare) select * from unnest($1::bigint[], $2::bigint[], $3::bigint[]) on conflict do nothing
            """);
        Add(command, [.. starts.Select(start => (long?)start.Minute)]);
        Add(command, [.. starts.Select(start => start.After?.Commit)]);
        Add(command, [.. starts.Select(start => start.After?.Prepare)]);
        batch.BatchCommands.Add(command);
    }

    /// <summary>Minutes in the table.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select count(*) from facts.minutes");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The last minute that begins at or before a moment; null = the table knows none.</summary>
    public async Task<MinuteStart?> FindAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select minute, after_commit, after_prepare from facts.minutes where minute <= $1 order by minute desc limit 1");
        command.Parameters.AddWithValue(MinuteStart.MinuteOf(moment));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new MinuteStart(reader.GetInt64(0), reader.IsDBNull(1) ? null : new LogPosition(reader.GetInt64(1), reader.GetInt64(2)));
    }

    private static void Add(NpgsqlBatchCommand command, long?[] column) =>
        command.Parameters.Add(new NpgsqlParameter { Value = column, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
}
