using System.Security.Cryptography;
using System.Text;
using Dapper;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Folding;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>A row of <c>projecting.instances</c>.</summary>
internal sealed record InstanceRow(
    string SchemaName, int Grp, string Projection, int Version, Guid LogId, string SqlHash, long? CommitPosition, long? PreparePosition, long Epoch, long Events, long? RecordedAt, DateTime UpdatedAt, bool Joined,
    bool StatesLeft, long? StatesCommit, long? StatesPrepare)
{
    public InstanceId Id => new(SchemaName, Grp);

    public LogPosition? Position => CommitPosition is { } commit && PreparePosition is { } prepare ? new LogPosition(commit, prepare) : null;

    /// <summary>Where the states stand if they were left in memory; null = there are none.</summary>
    public LogPosition? StatesPosition => StatesCommit is { } commit && StatesPrepare is { } prepare ? new LogPosition(commit, prepare) : null;
}

/// <summary>Which schema answers for a projection.</summary>
internal sealed record LiveRow(string Projection, string SchemaName, string? Previous);

/// <summary>Instances, the revisions they keep, their marks and the pointers to what is live, in Postgres.</summary>
internal sealed class InstanceStore(NpgsqlDataSource source, IOwnership ownership)
{
    private const string Columns = "schema_name, grp, projection, version, log_id, sql_hash, commit_position, prepare_position, epoch, events, recorded_at, updated_at, joined, states_left, states_commit, states_prepare";

    // The proof that the projection is still this process's, the proof that both stand at the position, and the revisions.
    private static readonly (Index Through, string Point)[] MergeSteps = [(3, MergePoints.AfterRevisions), (^0, MergePoints.BeforeCommit)];

    static InstanceStore() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>Called at the named points of a merge; null = its statements are one round trip.</summary>
    public Action<string>? AtPoint { get; init; }

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

    /// <summary>The revisions of a schema with their group, and the one that they came with.</summary>
    public async Task<IReadOnlyList<(int Group, long Revision, int Origin)>> RevisionsAsync(string schema, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<(int, long, int)>(new CommandDefinition(
            "select grp, revision, origin from projecting.revisions where schema_name = @schema", new { schema }, cancellationToken: cancellationToken))).AsList();
    }

    public async Task<Dictionary<CustomerKey, Mark>> MarksAsync(InstanceId id, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(Guid Person, string Project, long AppliedTo, string? Reason)>(new CommandDefinition(
            "select person, project, applied_to, reason from projecting.marks where schema_name = @Schema and grp = @Group", new { id.Schema, id.Group }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => Keys.FromUuid(row.Person), row => new Mark(row.Project, row.AppliedTo, row.Reason is null ? null : SqlText.Decode(row.Reason)));
    }

    /// <summary>What a process took along that had left states in memory; null = the states stand where the instance stands.</summary>
    public async Task<LostStates?> LostAsync(InstanceRow row, CancellationToken cancellationToken)
    {
        if (!row.StatesLeft) return null;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var unmarked = await connection.QueryAsync<(Guid Person, string Project)>(new CommandDefinition(
            "select person, project from projecting.unmarked where schema_name = @Schema and grp = @Group", new { row.Id.Schema, row.Id.Group }, cancellationToken: cancellationToken));
        return new LostStates(row.StatesPosition, [.. unmarked.Select(mark => KeyValuePair.Create(Keys.FromUuid(mark.Person), mark.Project))]);
    }

    /// <summary>The instance that answers a revision of a projection of this version; null if there is none, or it has not caught up yet.</summary>
    public async Task<InstanceId?> FindLiveAsync(Projection projection, long revision, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select i.schema_name, i.grp
              from projecting.live l
              join projecting.revisions r on r.schema_name = l.schema_name and r.revision = $2
              join projecting.instances i on i.schema_name = r.schema_name and i.grp = r.grp
             where l.projection = $1 and i.version = $3 and i.joined
            """);
        foreach (var value in new object[] { projection.Name, revision, projection.Version }) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new InstanceId(reader.GetString(0), reader.GetInt32(1)) : null;
    }

    /// <summary>How many messages of a project (null: of all) were skipped because they had come before, behind a position (null: in all of the log).</summary>
    public async Task<long> CountDuplicatesAsync(string? project, LogPosition? after, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select count(*) from facts.duplicates where ($1::text is null or project = $1) and position > $2");
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = project });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after?.Commit ?? -1 });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Becomes the owner of an instance: every commit of an earlier owner is refused from now on. The row is made if it is missing.</summary>
    /// <returns>The row as it is now, with this process's epoch.</returns>
    /// <exception cref="CheckpointConflictException">This process has no lease any more.</exception>
    public async Task<InstanceRow> TakeOverAsync(InstanceId id, string projection, int version, Guid logId, CancellationToken cancellationToken)
    {
        await WriteAsync(projection, [Sql.Of("""
            insert into projecting.instances as i (schema_name, grp, projection, version, log_id, epoch) values ($1, $2, $3, $4, $5, $6)
            on conflict (schema_name, grp) do update set epoch = excluded.epoch
            """, id.Schema, id.Group, projection, version, logId, ownership.EpochOf(projection))], cancellationToken);
        var row = await FindAsync(id, cancellationToken) ?? throw new InvalidOperationException($"{id} is gone.");
        CheckLog(id.ToString(), row.LogId, logId);
        return row;
    }

    /// <summary>Refuses another log than the one a read model was built from.</summary>
    /// <exception cref="WrongLogException">They differ.</exception>
    public static void CheckLog(string what, Guid builtFrom, Guid configured)
    {
        if (builtFrom == configured) return;
        throw new WrongLogException($"The read model {what} was built from the log {builtFrom}, but the configured log is {configured}. A read model is never continued on another log: " +
            "use the database that belongs to this log, or an empty one.");
    }

    /// <summary>Makes a schema for a projection with its first instance; makes it live if the projection has nothing live yet.</summary>
    public Task CreateSchemaAsync(string schema, Projection projection, Guid logId, CancellationToken cancellationToken) => WriteAsync(
        projection.Name,
        [
            .. SchemaCatalog.Create(schema, projection),
            Sql.Of("insert into projecting.instances (schema_name, grp, projection, version, log_id, sql_hash) values ($1, 0, $2, $3, $4, $5)",
                schema, projection.Name, projection.Version, logId, SqlHash(projection)),
            Sql.Of("insert into projecting.live (projection, schema_name) values ($1, $2) on conflict do nothing", projection.Name, schema),
        ], cancellationToken);

    /// <summary>Drops a schema that isn't live, and all that is known of it.</summary>
    public Task DropSchemaAsync(string projection, string schema, CancellationToken cancellationToken) => WriteAsync(
        projection,
        [
            SchemaCatalog.Drop(schema),
            .. new[] { "instances", "revisions", "merged", "marks", "unmarked", "dropped" }.Select(table => Sql.Of($"delete from projecting.{table} where schema_name = $1", schema)),
            Sql.Of("update projecting.live set previous = null where previous = $1", schema),
        ], cancellationToken);

    /// <summary>The groups of a schema that became one with its group 0.</summary>
    public async Task<IReadOnlyList<int>> MergedAsync(string schema, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<int>(new CommandDefinition("select grp from projecting.merged where schema_name = @schema order by grp", new { schema }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Makes a group one with the group 0 of its schema. Nothing is copied: states are joined as they are read, cells are told apart by their revision.</summary>
    /// <exception cref="CheckpointConflictException">One of both is not at the position, or another process owns them.</exception>
    public async Task MergeAsync(string projection, InstanceId group, LogPosition at, CancellationToken cancellationToken)
    {
        AtPoint?.Invoke(MergePoints.BeforeBegin);
        await WriteAsync(projection,
        [
            Sql.Of("""
                select 1 / greatest(count(*) - 1, 0) from projecting.instances i
                 where i.schema_name = $1 and i.grp in (0, $2) and i.epoch = $3 and i.commit_position = $4 and not i.states_left
                   and not exists (select from projecting.marks m where m.schema_name = i.schema_name and m.grp = i.grp)
                """, group.Schema, group.Group, ownership.EpochOf(projection), at.Commit),
            Sql.Of("update projecting.revisions set grp = 0 where schema_name = $1 and grp = $2", group.Schema, group.Group),
            Sql.Of("delete from projecting.instances where schema_name = $1 and grp = $2", group.Schema, group.Group),
            Sql.Of("delete from projecting.dropped where schema_name = $1 and grp = $2", group.Schema, group.Group),
            Sql.Of("insert into projecting.merged (schema_name, grp) values ($1, $2)", group.Schema, group.Group),
        ], cancellationToken, MergeSteps);
        AtPoint?.Invoke(MergePoints.AfterCommit);
    }

    /// <summary>Notes revisions that come with a group.</summary>
    public Task AddRevisionsAsync(string projection, InstanceId id, IReadOnlyCollection<(long Revision, string Project)> revisions, CancellationToken cancellationToken) => WriteAsync(
        projection,
        [Sql.Of("insert into projecting.revisions (schema_name, grp, origin, revision, project) select $1, $2, $2, * from unnest($3::bigint[], $4::text[]) on conflict do nothing",
            id.Schema, id.Group, revisions.Select(item => item.Revision).ToArray(), revisions.Select(item => item.Project).ToArray())], cancellationToken);

    /// <summary>Forgets revisions of a schema with their cells.</summary>
    public Task RemoveRevisionsAsync(string projection, string schema, IReadOnlyCollection<long> revisions, IEnumerable<CellTableSql> tables, CancellationToken cancellationToken) => WriteAsync(
        projection,
        [
            .. tables.Select(table => Sql.Of($"delete from {table.Name} where revision = any($1)", revisions.ToArray())),
            Sql.Of("delete from projecting.revisions where schema_name = $1 and revision = any($2)", schema, revisions.ToArray()),
        ], cancellationToken);

    /// <summary>Moves the pointer of a projection in one statement.</summary>
    /// <returns>False if another schema was live than expected; nothing changed then.</returns>
    public async Task<bool> PointAsync(string projection, string from, string to, CancellationToken cancellationToken) => 1 == await WriteAsync(
        projection,
        [Sql.Of("update projecting.live set schema_name = $3, previous = $2 where projection = $1 and schema_name = $2", projection, from, to)], cancellationToken);

    /// <summary>Notes that an instance has caught up: from now on it answers, also where another process keeps it.</summary>
    public Task JoinAsync(string projection, InstanceId id, CancellationToken cancellationToken) =>
        WriteAsync(projection, [Sql.Of("update projecting.instances set joined = true where schema_name = $1 and grp = $2", id.Schema, id.Group)], cancellationToken);

    /// <summary>The hash of a projection's SQL: tables that changed without a new version are refused.</summary>
    public static string SqlHash(Projection projection) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(projection.Sql)));

    // All in one transaction that begins with the proof that the projection is still this process's.
    private async Task<int> WriteAsync(string projection, IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancellationToken, (Index Through, string Point)[]? steps = null)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(ownership.Fence(projection));
        foreach (var command in commands) batch.BatchCommands.Add(command);
        try
        {
            var rows = AtPoint is { } at && steps is not null ? await CommitSteps.RunAsync(batch, steps, at, cancellationToken) : await batch.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return rows;
        }
        catch (PostgresException error) when (error.SqlState == CheckpointConflictException.SqlState)
        {
            throw new CheckpointConflictException($"'{projection}' is not this process's any more: another process owns it now.", error);
        }
    }
}

/// <summary>The read model belongs to another log.</summary>
public sealed class WrongLogException(string message) : Exception(message)
{
    /// <summary>Refuses a log that ends before where read models stand.</summary>
    /// <param name="head">Where it ends; null = it is empty.</param>
    /// <param name="stands">Where they stand.</param>
    /// <exception cref="WrongLogException">It does.</exception>
    public static void CheckReaches(LogPosition? head, LogPosition stands)
    {
        if (head >= stands) return;
        throw new WrongLogException($"The read models stand at position {stands}, but the log ends at {head?.ToString() ?? "the start"}: it is older than they are. " +
            "Bring the newer log back, or start with an empty database, so that the read models are built from this log.");
    }
}
