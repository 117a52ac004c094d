using System.Globalization;
using EventSourcedAnalytics.EventLog;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>The lease as somebody found it, with where the facts stood in the same snapshot.</summary>
/// <param name="Epoch">Number of the ownership.</param>
/// <param name="Owner">Who has it; null = it was given back.</param>
/// <param name="Beat">The owner's heartbeats so far.</param>
/// <param name="IsConnected">Whether the owner's heartbeat connection is there.</param>
/// <param name="Position">Where the facts stand; null = nothing applied yet.</param>
/// <param name="LogId">The log that the read models were built from; null = there are none yet.</param>
internal sealed record LeaseRow(long Epoch, string? Owner, long Beat, bool IsConnected, LogPosition? Position, Guid? LogId)
{
    /// <summary>True if the owner has lent projections.</summary>
    public bool IsShared { get; init; }

    /// <summary>Where those stand of them that answer, the one that is behind most; null = nothing applied yet.</summary>
    public LogPosition? Lent { get; init; }

    /// <summary>The highest format that an owner has written (<see cref="StoredFormat"/>).</summary>
    public int Format { get; init; }

    /// <summary>Where everything live stands; null = nothing applied yet.</summary>
    public LogPosition? Stands => IsShared && !(Lent >= Position) ? Lent : Position;

    /// <summary>What can be heard of the owner.</summary>
    public Pulse Pulse => new(Epoch, Beat, IsConnected);

    /// <summary>True if certainly nobody has it at this moment.</summary>
    public bool IsFree => Owner is null || !IsConnected;
}

/// <summary>What others hear of a process that keeps something.</summary>
/// <param name="Epoch">Number of what it keeps, where that has one: with another number it is another heart.</param>
/// <param name="Beat">Its heartbeats so far.</param>
/// <param name="IsConnected">Whether its heartbeat connection is there.</param>
internal readonly record struct Pulse(long Epoch, long Beat, bool IsConnected);

/// <summary>The lease in Postgres. What an owner does, it does on one connection of its own, by blocking calls: a heartbeat must not wait behind folds for a thread.</summary>
internal sealed class LeaseStore(NpgsqlDataSource source)
{
    // Whoever writes checkpoints, or holds on to the lease or to what it was lent, has a lock of these modes on one of these tables until its transaction ends. The old owner's heartbeat goes
    // too, so that it hears of it when it wakes up; a process id alone could be another backend's by now.
    private const string EndWritersSql = """
        select count(pg_terminate_backend(a.pid)) from pg_stat_activity a
         where a.datname = current_database() and a.pid <> pg_backend_pid()
           and (exists (select 1 from pg_locks k where k.pid = a.pid and k.granted and k.mode in ('RowExclusiveLock', 'RowShareLock')
                           and k.relation in ('projecting.instances'::regclass, 'projecting.lease'::regclass, 'projecting.shares'::regclass))
             or exists (select 1 from projecting.lease l where l.epoch = $1 and l.backend_pid = a.pid and l.backend_start = a.backend_start))
        """;

    private const string TakeSql = $"""
        update projecting.lease set epoch = epoch + 1, owner = $2, beat = 0, backend_pid = pg_backend_pid(), backend_start = {Sql.OwnStart}, format = $3
         where epoch = $1 returning epoch
        """;

    private static readonly string TakeWaitSql = string.Create(CultureInfo.InvariantCulture, $"set local lock_timeout = {Limits.TakeWait.TotalMilliseconds:F0}");

    private const string BeatSql = $"update projecting.lease set beat = beat + 1, backend_pid = pg_backend_pid(), backend_start = {Sql.OwnStart} where epoch = $1";

    /// <summary>How the lease is.</summary>
    public async Task<LeaseRow> LookAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select l.epoch, l.owner, l.beat, exists (select 1 from pg_stat_activity a where a.pid = l.backend_pid and a.backend_start = l.backend_start),
                   i.commit_position, i.prepare_position, i.log_id, lowest.commit_position, lowest.prepare_position, lowest.is_there is not null,
                   l.format
              from projecting.lease l
              left join projecting.instances i on i.schema_name = $1 and i.grp = $2
              left join lateral (
                select true as is_there, b.commit_position, b.prepare_position
                  from projecting.shares s
                  join projecting.instances b on b.projection = s.projection and b.joined
                  join projecting.live v on v.schema_name = b.schema_name
                 order by b.commit_position nulls first limit 1) lowest on true
            """);
        command.Parameters.AddWithValue(FactsInstance.Id.Schema);
        command.Parameters.AddWithValue(FactsInstance.Id.Group);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new LeaseRow(
            reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2), reader.GetBoolean(3),
            reader.IsDBNull(4) ? null : new LogPosition(reader.GetInt64(4), reader.GetInt64(5)), reader.IsDBNull(6) ? null : reader.GetGuid(6))
        {
            Lent = reader.IsDBNull(7) ? null : new LogPosition(reader.GetInt64(7), reader.GetInt64(8)),
            IsShared = reader.GetBoolean(9),
            Format = reader.GetInt32(10),
        };
    }

    /// <summary>A connection for an owner.</summary>
    public NpgsqlConnection Connect() => source.OpenConnection();

    /// <summary>Ends the backends of the owner of an epoch: its heartbeat's, and those in the middle of writing checkpoints.</summary>
    /// <returns>How many.</returns>
    public static long EndWriters(NpgsqlConnection connection, long epoch) => (long)Sql.On(connection, EndWritersSql, epoch).ExecuteScalar()!;

    /// <summary>Takes the lease, and with it every instance, if nobody took it since it was looked at. Waits for writes that are under way, but not for ever.</summary>
    /// <returns>The new epoch; null if somebody was faster.</returns>
    /// <exception cref="PostgresException">A write did not end in time (<see cref="PostgresErrorCodes.LockNotAvailable"/>).</exception>
    public static long? TryTake(NpgsqlConnection connection, long seen, string owner)
    {
        using var transaction = connection.BeginTransaction();
        Sql.On(connection, TakeWaitSql).ExecuteNonQuery();
        // Stronger than the update's own lock: it also waits for those who hold on to the lease while they write.
        Sql.On(connection, "select 1 from projecting.lease for update").ExecuteNonQuery();
        if (Sql.On(connection, TakeSql, seen, owner, StoredFormat.Current).ExecuteScalar() is not long epoch) return null;
        // What the owner before had lent is the new one's, too: followers can't go on before it decides facts, and are lent something again then.
        Sql.On(connection, "delete from projecting.shares").ExecuteNonQuery();
        Sql.On(connection, "update projecting.instances set epoch = $1", epoch).ExecuteNonQuery();
        transaction.Commit();
        return epoch;
    }

    /// <summary>A heartbeat.</summary>
    /// <returns>False if another process has taken the lease.</returns>
    public static bool TryBeat(NpgsqlConnection connection, long epoch) => Sql.On(connection, BeatSql, epoch).ExecuteNonQuery() == 1;

    /// <summary>Gives the lease back, so that another process goes on at once; does nothing if it is another's.</summary>
    public static void Release(NpgsqlConnection connection, long epoch) =>
        Sql.On(connection, "update projecting.lease set owner = null, backend_pid = null, backend_start = null where epoch = $1", epoch).ExecuteNonQuery();
}
