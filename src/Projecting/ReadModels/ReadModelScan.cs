using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Contract;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.ReadModels;

/// <summary>Reads whole read models, for hashes and comparisons.</summary>
internal sealed class ReadModelScan(NpgsqlDataSource source, SchemaCatalog schemas)
{
    /// <summary>Passes every row of a schema on, in one snapshot, and tells where its group 0 stands.</summary>
    public async Task<LogPosition?> ReadAsync(string schema, Projection projection, Action<CellKey, Int128[]> row, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var position = await PositionAsync(connection, schema, cancellationToken);
        var tables = schemas.TablesOf(schema, projection);
        for (short number = 0; number < tables.Length; number++)
        {
            await using var command = new NpgsqlCommand(tables[number].Select, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var (key, sums) = tables[number].Read(reader, number);
                row(key, sums);
            }
        }
        return position;
    }

    private static async Task<LogPosition?> PositionAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select commit_position, prepare_position from projecting.instances where schema_name = $1 and grp = 0", connection);
        command.Parameters.AddWithValue(schema);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !reader.IsDBNull(0) ? new LogPosition(reader.GetInt64(0), reader.GetInt64(1)) : null;
    }
}
