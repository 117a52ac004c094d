using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Folding;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>
/// Writes a batch: checkpoints first, each by compare-and-set on its position and epoch, then facts, states, marks and cells, all in one transaction and one round trip.
/// That is what makes counts exactly-once: a batch that was written moved the checkpoint, and a batch that finds the checkpoint moved is refused whole.
/// </summary>
internal sealed class Committer(NpgsqlDataSource source, SchemaCatalog schemas)
{
    // Compare-and-set. Where no row is moved the division fails, so that the whole batch fails with it in the same round trip.
    private const string AdvanceSql = """
        with moved as (
          update projecting.instances
             set commit_position = $4, prepare_position = $5, events = events + $8, recorded_at = coalesce($7, recorded_at), updated_at = now(), states_left = $9,
               states_commit = case when not $9 then null when states_left then states_commit else commit_position end,
               states_prepare = case when not $9 then null when states_left then states_prepare else prepare_position end
           where schema_name = $1 and grp = $2 and epoch = $6 and commit_position is not distinct from $3
          returning 1)
        select 1 / count(*) from moved
        """;

    /// <summary>Called at the named points of a commit; null = commits are one round trip.</summary>
    public Action<string>? AtPoint { get; init; }

    /// <summary>Commits what was folded. What goes into tables that are still empty is copied, and so are many states of new persons and many new cells; the rest is added in one round trip.</summary>
    /// <exception cref="CheckpointConflictException">Another owner moved a checkpoint, or took an instance over; nothing was written.</exception>
    public async Task CommitAsync(CommitUnit unit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        var cells = unit.Changes.SelectMany(changes => TableRows.Of(changes, schemas.TablesOf(changes.Instance.Id.Schema, changes.Instance.Projection))).ToList();
        var copied = unit.Changes.Where(StateStore.IsCopied).ToList();
        var isOpened = copied.Count > 0 || cells.Any(static rows => rows.New.Count > 0) || AtPoint is not null;
        AtPoint?.Invoke(CommitPoints.BeforeBegin);
        if (isOpened) batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        if (unit.Facts is not null) Advance(batch, FactsInstance.Id, unit.FactsFrom, unit, unit.FactsEpoch);
        foreach (var changes in unit.Changes) Advance(batch, changes.Instance.Id, changes.From, unit, changes.Instance.Epoch, changes.LeavesStates);
        var checkpoints = batch.BatchCommands.Count;
        if (unit.Facts is not null) FactsStore.AddTo(batch, unit.Facts);
        MinuteTable.AddTo(batch, unit.Minutes);
        foreach (var changes in unit.Changes)
        {
            MarkStore.AddTo(batch, changes);
            if (changes.From is not null) StateStore.AddTo(batch, changes);
        }
        foreach (var rows in cells) rows.Table.AddTo(batch, rows.Others);
        if (unit.Rings is { } channel) batch.BatchCommands.Add(new NpgsqlBatchCommand($"notify {channel}"));
        await ExecuteAsync(batch, checkpoints, cancellationToken);
        if (!isOpened) return;
        foreach (var changes in copied) await StateStore.CopyAsync(connection, changes, cancellationToken);
        foreach (var rows in cells) await rows.Table.CopyAsync(connection, rows.New, cancellationToken);
        AtPoint?.Invoke(CommitPoints.BeforeCommit);
        await using var commit = new NpgsqlCommand("commit", connection);
        await commit.ExecuteNonQueryAsync(cancellationToken);
        AtPoint?.Invoke(CommitPoints.AfterCommit);
    }

    /// <summary>Puts other claims of order ids in the place of those that a project had; the facts stay where they stand.</summary>
    /// <exception cref="CheckpointConflictException">Another owner moved the facts, or took them over; nothing was written.</exception>
    public async Task ReplaceOrdersAsync(string project, string rules, FactsDelta claims, LogPosition at, long epoch, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        Advance(batch, FactsInstance.Id, at, new CommitUnit([], at, null, 0), epoch);
        FactsStore.AddReplaceOrders(batch, project, rules, claims);
        await ExecuteAsync(batch, checkpoints: null, cancellationToken);
    }

    /// <summary>Adds minutes of the log's clock that should be there already; the facts stay where they stand.</summary>
    /// <exception cref="CheckpointConflictException">Another owner moved the facts, or took them over; nothing was written.</exception>
    public async Task FillMinutesAsync(IReadOnlyList<Reading.MinuteStart> minutes, LogPosition at, long epoch, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        Advance(batch, FactsInstance.Id, at, new CommitUnit([], at, null, 0), epoch);
        MinuteTable.AddTo(batch, minutes);
        await ExecuteAsync(batch, checkpoints: null, cancellationToken);
    }

    private async Task ExecuteAsync(NpgsqlBatch batch, int? checkpoints, CancellationToken cancellationToken)
    {
        try
        {
            if (AtPoint is { } at && checkpoints is { } first)
            {
                var half = first + ((batch.BatchCommands.Count - first) / 2);
                await CommitSteps.RunAsync(batch, [(first, CommitPoints.AfterCheckpoints), (half, CommitPoints.AfterStates)], at, cancellationToken);
            }
            else await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == CheckpointConflictException.SqlState)
        {
            throw new CheckpointConflictException("A checkpoint is not where this process left it: another process owns the read models now.", error);
        }
    }

    private static void Advance(NpgsqlBatch batch, InstanceId instance, LogPosition? from, CommitUnit unit, long epoch, bool leavesStates = false)
    {
        var command = new NpgsqlBatchCommand(AdvanceSql);
        command.Parameters.Add(new NpgsqlParameter { Value = instance.Schema });
        command.Parameters.Add(new NpgsqlParameter { Value = instance.Group });
        command.Parameters.Add(new NpgsqlParameter<long?> { TypedValue = from?.Commit });
        command.Parameters.Add(new NpgsqlParameter { Value = unit.End.Commit });
        command.Parameters.Add(new NpgsqlParameter { Value = unit.End.Prepare });
        command.Parameters.Add(new NpgsqlParameter { Value = epoch });
        command.Parameters.Add(new NpgsqlParameter<long?> { TypedValue = unit.RecordedAt });
        command.Parameters.Add(new NpgsqlParameter { Value = unit.EventCount });
        command.Parameters.Add(new NpgsqlParameter { Value = leavesStates });
        batch.BatchCommands.Add(command);
    }
}

/// <summary>All that one commit writes.</summary>
/// <param name="Changes">What each instance changes.</param>
/// <param name="End">Where the checkpoints move to.</param>
/// <param name="RecordedAt">Log time of the last event, milliseconds since the Unix epoch.</param>
/// <param name="EventCount">Events in it.</param>
/// <param name="Facts">What the facts stage decided; null if it was ahead already.</param>
/// <param name="FactsFrom">Where the facts stood.</param>
/// <param name="FactsEpoch">Epoch of the facts' owner.</param>
internal sealed record CommitUnit(
    IReadOnlyList<InstanceChanges> Changes, LogPosition End, long? RecordedAt, long EventCount, FactsDelta? Facts = null, LogPosition? FactsFrom = null, long FactsEpoch = 0)
{
    /// <summary>Minutes of the log's clock that begin in it.</summary>
    public IReadOnlyList<Reading.MinuteStart> Minutes { get; init; } = [];

    /// <summary>Where other processes are told of it (see <see cref="Bell"/>); null = nobody waits.</summary>
    public string? Rings { get; init; }
}

/// <summary>The facts have a checkpoint like any instance.</summary>
internal static class FactsInstance
{
    public static InstanceId Id { get; } = new("facts", 0);
}

/// <summary>A checkpoint stood elsewhere than expected, or belongs to another owner: whoever gets this stops, reloads and starts from what is committed.</summary>
public sealed class CheckpointConflictException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>SQLSTATE of a division by zero: what the compare-and-set ends in.</summary>
    internal const string SqlState = PostgresErrorCodes.DivisionByZero;
}
