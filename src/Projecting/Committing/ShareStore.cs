using EventSourcedAnalytics.EventLog;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>A process that stands by and would keep some projections meanwhile, as somebody found it.</summary>
/// <param name="Process">Its number, another one each time it begins to follow.</param>
/// <param name="Name">As it calls itself.</param>
/// <param name="Projections">What it can fold: name and version, <c>funnels_v1</c>.</param>
/// <param name="Beat">Its heartbeats so far.</param>
/// <param name="IsConnected">Whether its heartbeat connection is there.</param>
internal sealed record FollowerRow(Guid Process, string Name, IReadOnlyList<string> Projections, long Beat, bool IsConnected)
{
    /// <summary>What can be heard of it.</summary>
    public Pulse Pulse => new(0, Beat, IsConnected);
}

/// <summary>A projection that the owner has lent.</summary>
/// <param name="Projection">The projection.</param>
/// <param name="Process">Who has it.</param>
/// <param name="Epoch">Number of this loan, below zero.</param>
/// <param name="IsCalledBack">Whether the owner wants it back.</param>
/// <param name="Position">Where what answers of it stands; null = nothing applied yet.</param>
internal sealed record ShareRow(string Projection, Guid Process, long Epoch, bool IsCalledBack, LogPosition? Position);

/// <summary>The followers and what is lent to them, in Postgres.</summary>
internal sealed class ShareStore(NpgsqlDataSource source)
{
    // Everything of the follower that holds a lock on checkpoints or shares: it could keep whoever takes over waiting for as long as it is held itself.
    private const string EndWritersSql = """
        select count(pg_terminate_backend(a.pid)) from pg_stat_activity a join projecting.followers f on f.process = $1
         where a.datname = current_database() and a.pid <> pg_backend_pid()
           and ((a.pid = f.backend_pid and a.backend_start = f.backend_start)
             or (a.application_name = f.application
                 and exists (select 1 from pg_locks k where k.pid = a.pid and k.granted and k.mode in ('RowExclusiveLock', 'RowShareLock')
                                and k.relation in ('projecting.instances'::regclass, 'projecting.shares'::regclass))))
        """;

    /// <summary>A connection for a heartbeat.</summary>
    public NpgsqlConnection Connect() => source.OpenConnection();

    /// <summary>The processes that follow.</summary>
    public async Task<IReadOnlyList<FollowerRow>> FollowersAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select f.process, f.name, f.projections, f.beat, exists (select 1 from pg_stat_activity a where a.pid = f.backend_pid and a.backend_start = f.backend_start)
              from projecting.followers f order by f.name, f.process
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<FollowerRow>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add(new FollowerRow(reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<string[]>(2), reader.GetInt64(3), reader.GetBoolean(4)));
        return found;
    }

    /// <summary>What is lent, to one process or (null) to any.</summary>
    public async Task<IReadOnlyList<ShareRow>> SharesAsync(Guid? process, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select s.projection, s.process, s.epoch, s.called_back, stands.commit_position, stands.prepare_position
              from projecting.shares s
              left join lateral (
                select i.commit_position, i.prepare_position from projecting.instances i join projecting.live l on l.schema_name = i.schema_name
                 where i.projection = s.projection and i.joined order by i.commit_position nulls first limit 1) stands on true
             where s.process = coalesce($1, s.process)
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)process ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<ShareRow>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add(new ShareRow(reader.GetString(0), reader.GetGuid(1), reader.GetInt64(2), reader.GetBoolean(3),
                reader.IsDBNull(4) ? null : new LogPosition(reader.GetInt64(4), reader.GetInt64(5))));
        return found;
    }

    /// <summary>Who keeps each projection that is lent.</summary>
    public async Task<IReadOnlyDictionary<string, string>> KeepersAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select s.projection, f.name from projecting.shares s join projecting.followers f using (process)");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) found.Add(reader.GetString(0), reader.GetString(1));
        return found;
    }

    /// <summary>Begins to follow.</summary>
    public static void Join(NpgsqlConnection connection, Guid process, string name, string[] projections) => Sql.On(connection, $"""
        insert into projecting.followers (process, name, projections, application, backend_pid, backend_start)
        values ($1, $2, $3, current_setting('application_name'), pg_backend_pid(), {Sql.OwnStart})
        """, process, name, projections).ExecuteNonQuery();

    /// <summary>A heartbeat.</summary>
    /// <returns>False if the owner has given the process up.</returns>
    public static bool TryBeat(NpgsqlConnection connection, Guid process) => 1 == Sql.On(connection,
        $"update projecting.followers set beat = beat + 1, backend_pid = pg_backend_pid(), backend_start = {Sql.OwnStart} where process = $1", process).ExecuteNonQuery();

    /// <summary>Stops to follow; what was lent goes back to the owner.</summary>
    public static void Leave(NpgsqlConnection connection, Guid process)
    {
        using var transaction = connection.BeginTransaction();
        Sql.On(connection, "delete from projecting.shares where process = $1", process).ExecuteNonQuery();
        Sql.On(connection, "delete from projecting.followers where process = $1", process).ExecuteNonQuery();
        Sql.On(connection, $"notify {Bell.Shares}").ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>Lends a projection: from now on the follower commits it, and the owner can't.</summary>
    /// <returns>False if the follower is gone; nothing changed then.</returns>
    /// <exception cref="CheckpointConflictException">The owner is none any more, or the projection is lent already.</exception>
    public async Task<bool> LendAsync(LeaseOwnership owner, string projection, Guid process, CancellationToken cancellationToken) => 0 < await WriteAsync(
        [
            owner.Fence(),
            Sql.Of("""
                with lent as (
                  insert into projecting.shares (projection, process, epoch) select $1, f.process, nextval('projecting.share_epochs') from projecting.followers f where f.process = $2
                  returning projection, epoch)
                update projecting.instances i set epoch = lent.epoch from lent where i.projection = lent.projection
                """, projection, process),
            Sql.Of($"notify {Bell.Facts}"),
        ], cancellationToken);

    /// <summary>Asks a follower to give a projection back.</summary>
    public Task CallBackAsync(LeaseOwnership owner, string projection, CancellationToken cancellationToken) => WriteAsync(
        [owner.Fence(), Sql.Of("update projecting.shares set called_back = true where projection = $1", projection), Sql.Of($"notify {Bell.Facts}")], cancellationToken);

    /// <summary>A follower gives a projection back; nothing happens if it isn't its own any more.</summary>
    public Task ReturnAsync(string projection, long epoch, CancellationToken cancellationToken) => WriteAsync(
        [Sql.Of("delete from projecting.shares where projection = $1 and epoch = $2", projection, epoch), Sql.Of($"notify {Bell.Shares}")], cancellationToken);

    /// <summary>Takes a projection back, whoever has it: what its follower still writes is waited for, or refused from now on.</summary>
    /// <exception cref="CheckpointConflictException">The owner is none any more.</exception>
    public Task TakeBackAsync(LeaseOwnership owner, string projection, CancellationToken cancellationToken) => WriteAsync(
        [
            owner.Fence(),
            // Stronger than the deletion's own lock: it also waits for those who hold on to the share while they write.
            Sql.Of("select 1 from projecting.shares where projection = $1 for update", projection),
            Sql.Of("delete from projecting.shares where projection = $1", projection),
            Sql.Of("update projecting.instances set epoch = $2 where projection = $1", projection, owner.Epoch),
        ], cancellationToken);

    /// <summary>Ends the backends of a follower: its heartbeat's, and those in the middle of a write.</summary>
    /// <returns>How many.</returns>
    public async Task<long> EndWritersAsync(Guid process, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(EndWritersSql);
        command.Parameters.Add(new NpgsqlParameter { Value = process });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Gives a follower up.</summary>
    public Task ForgetAsync(LeaseOwnership owner, Guid process, CancellationToken cancellationToken) =>
        WriteAsync([owner.Fence(), Sql.Of("delete from projecting.followers where process = $1", process)], cancellationToken);

    private async Task<int> WriteAsync(IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands) batch.BatchCommands.Add(command);
        try { return await batch.ExecuteNonQueryAsync(cancellationToken); }
        catch (PostgresException error) when (error.SqlState is CheckpointConflictException.SqlState or PostgresErrorCodes.UniqueViolation)
        {
            throw new CheckpointConflictException("Who keeps which projection changed meanwhile: another process owns the read models now.", error);
        }
    }
}
