using System.Security.Cryptography;
using System.Text;
using Dapper;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Folding;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>A row of <c>projecting.instances</c>.</summary>
internal sealed record InstanceRow(
    string SchemaName, int Grp, string Projection, int Version, Guid LogId, string SqlHash, long? CommitPosition, long? PreparePosition, long Epoch, long Events, long? RecordedAt, DateTime UpdatedAt)
{
    public InstanceId Id => new(SchemaName, Grp);

    public LogPosition? Position => CommitPosition is { } commit && PreparePosition is { } prepare ? new LogPosition(commit, prepare) : null;
}

/// <summary>Which schema answers for a projection.</summary>
internal sealed record LiveRow(string Projection, string SchemaName, string? Previous);

/// <summary>Instances, the revisions they keep, their marks and the pointers to what is live, in Postgres.</summary>
internal sealed class InstanceStore(NpgsqlDataSource source)
{
    private const string Columns = "schema_name, grp, projection, version, log_id, sql_hash, commit_position, prepare_position, epoch, events, recorded_at, updated_at";

    static InstanceStore() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    public async Task<IReadOnlyList<InstanceRow>> AllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<InstanceRow>(new CommandDefinition(
            $"select {Columns} from projecting.instances order by schema_name, grp", cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>One instance as it is now; null if it is gone.</summary>
    public async Task<InstanceRow?> FindAsync(InstanceId id, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<InstanceRow>(new CommandDefinition(
            $"select {Columns} from projecting.instances where schema_name = @Schema and grp = @Group", new { id.Schema, id.Group }, cancellationToken: cancellationToken));
    }

    public async Task<IReadOnlyDictionary<string, LiveRow>> LiveAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<LiveRow>(new CommandDefinition("select projection, schema_name, previous from projecting.live", cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.Projection, StringComparer.Ordinal);
    }

    /// <summary>The revisions of a schema with their group.</summary>
    public async Task<IReadOnlyList<(int Group, long Revision, string Project)>> RevisionsAsync(string schema, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<(int, long, string)>(new CommandDefinition(
            "select grp, revision, project from projecting.revisions where schema_name = @schema", new { schema }, cancellationToken: cancellationToken))).AsList();
    }

    public async Task<Dictionary<CustomerKey, Mark>> MarksAsync(InstanceId id, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(Guid Person, string Project, long AppliedTo, string? Reason)>(new CommandDefinition(
            "select person, project, applied_to, reason from projecting.marks where schema_name = @Schema and grp = @Group", new { id.Schema, id.Group }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => Keys.FromUuid(row.Person), row => new Mark(row.Project, row.AppliedTo, row.Reason is null ? null : SqlText.Decode(row.Reason)));
    }

    /// <summary>Becomes the owner of an instance: every commit of an earlier owner is refused from now on. The row is made if it is missing.</summary>
    /// <returns>The row as it is now, with the new epoch.</returns>
    public async Task<InstanceRow> TakeOverAsync(InstanceId id, string projection, int version, Guid logId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleAsync<InstanceRow>(new CommandDefinition($"""
            insert into projecting.instances as i (schema_name, grp, projection, version, log_id, epoch) values (@Schema, @Group, @projection, @version, @logId, 1)
            on conflict (schema_name, grp) do update set epoch = i.epoch + 1 returning {Columns}
            """, new { id.Schema, id.Group, projection, version, logId }, cancellationToken: cancellationToken));
        if (row.LogId != logId)
            throw new WrongLogException($"The read model {id} was built from the log {row.LogId}, but the configured log is {logId}. A read model is never continued on another log: " +
                "use the database that belongs to this log, or an empty one.");
        return row;
    }

    /// <summary>Makes a schema for a projection with its first instance; makes it live if the projection has nothing live yet.</summary>
    public async Task CreateSchemaAsync(string schema, Projection projection, Guid logId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        SchemaCatalog.AddCreate(batch, schema, projection);
        batch.BatchCommands.Add(With("insert into projecting.instances (schema_name, grp, projection, version, log_id, sql_hash) values ($1, 0, $2, $3, $4, $5)",
            schema, projection.Name, projection.Version, logId, SqlHash(projection)));
        batch.BatchCommands.Add(With("insert into projecting.live (projection, schema_name) values ($1, $2) on conflict do nothing", projection.Name, schema));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Drops a schema that isn't live, and all that is known of it.</summary>
    public async Task DropSchemaAsync(string schema, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        SchemaCatalog.AddDrop(batch, schema);
        foreach (var table in new[] { "instances", "revisions", "marks" })
            batch.BatchCommands.Add(With($"delete from projecting.{table} where schema_name = $1", schema));
        batch.BatchCommands.Add(With("update projecting.live set previous = null where previous = $1", schema));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Notes revisions of a group.</summary>
    public async Task AddRevisionsAsync(InstanceId id, IReadOnlyCollection<(long Revision, string Project)> revisions, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "insert into projecting.revisions (schema_name, grp, revision, project) select $1, $2, * from unnest($3::bigint[], $4::text[]) on conflict do nothing");
        command.Parameters.AddWithValue(id.Schema);
        command.Parameters.AddWithValue(id.Group);
        command.Parameters.AddWithValue(revisions.Select(item => item.Revision).ToArray());
        command.Parameters.AddWithValue(revisions.Select(item => item.Project).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Forgets revisions of a schema with their cells.</summary>
    public async Task RemoveRevisionsAsync(string schema, IReadOnlyCollection<long> revisions, IEnumerable<CellTableSql> tables, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var table in tables) batch.BatchCommands.Add(With($"delete from {table.Name} where revision = any($1)", revisions.ToArray()));
        batch.BatchCommands.Add(With("delete from projecting.revisions where schema_name = $1 and revision = any($2)", schema, revisions.ToArray()));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Moves the pointer of a projection in one statement.</summary>
    /// <returns>False if another schema was live than expected; nothing changed then.</returns>
    public async Task<bool> PointAsync(string projection, string from, string to, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return 1 == await connection.ExecuteAsync(new CommandDefinition(
            "update projecting.live set schema_name = @to, previous = @from where projection = @projection and schema_name = @from",
            new { projection, from, to }, cancellationToken: cancellationToken));
    }

    /// <summary>The hash of a projection's SQL: tables that changed without a new version are refused.</summary>
    public static string SqlHash(Projection projection) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(projection.Sql)));

    private static NpgsqlBatchCommand With(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}

/// <summary>The read model belongs to another log.</summary>
public sealed class WrongLogException(string message) : Exception(message);
