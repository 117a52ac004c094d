using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.ReadModels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    /// <summary>
    /// Reads cells of a revision from the live read model, with the position they stand at, in one snapshot.
    /// </summary>
    /// <returns>Null if the live read model has no numbers for the revision yet (it is being built), or the database is away: the question is then answered from the events.</returns>
    public async Task<ReadModelAnswer?> ReadAsync(string projection, long revision, IReadOnlyList<CellSelection> selections, CancellationToken cancellationToken)
    {
        if (session is not { } open || open.IsLent(projection)) return await ReadStandingByAsync(projection, revision, selections, cancellationToken);
        if (!open.Registry.Live.TryGetValue(projection, out var live)) return null;
        if (open.Registry.Find(live.SchemaName, revision) is not { } instance || !(instance.IsJoined || open.IsLive(instance))) return null;
        try
        {
            return await new ReadModelReader(source, schemas).ReadAsync(instance.Id.Schema, instance.Projection, revision, selections, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            logger.LogDebug(error, "{Instance} could not be read: the events answer.", instance.Id);
            return null;
        }
    }

    /// <summary>When the log took in the first event of a customer behind a position: since then whoever stands there is behind. Null = nothing is missing.</summary>
    public async Task<DateTimeOffset?> FindWaitingSinceAsync(LogPosition? position, CancellationToken cancellationToken)
    {
        var page = await log.ReadAllAsync(position, 1, LogFollower.Customers, cancellationToken);
        using (page.Memory) return page.Events.Count > 0 ? page.Events[0].Created : null;
    }

    /// <summary>
    /// A position that the log had reached at a time of its own clock: from there at most a minute's events have to be read to find the last one it had reached, and those
    /// that are not projected yet.
    /// </summary>
    /// <returns>Null if that is the beginning of the log.</returns>
    public async Task<LogPosition?> FindNearAsync(DateTimeOffset logTime, CancellationToken cancellationToken) => (await minutes.FindAsync(logTime, cancellationToken))?.After;

    /// <summary>How many messages of a project were skipped because they had come before, behind a position (null: in all of the log).</summary>
    public Task<long> CountDuplicatesAsync(string project, LogPosition? after, CancellationToken cancellationToken) => store.CountDuplicatesAsync(project, after, cancellationToken);

    /// <summary>Where every instance stands and how the engine does. What can't be asked is as it was seen last, and <see cref="EngineStatus.Unreachable"/> says why.</summary>
    public async Task<EngineStatus> GetStatusAsync(bool withHash, CancellationToken cancellationToken)
    {
        var last = latest;
        var (head, noLog) = await AskAsync("The log", token => log.GetHeadAsync(token).AsTask(), last?.Head, Limits.StatusWait, cancellationToken);
        // A hash may take its time.
        var ((instances, duplicates), noPostgres) = await AskAsync(
            "Postgres", token => InstancesAsync(withHash, token), (last?.Instances ?? [], last?.Duplicates ?? 0), withHash ? Timeout.InfiniteTimeSpan : Limits.StatusWait, cancellationToken);
        if (noLog is null) (instances, noLog) = await AskAsync("The log", token => WithGapsAsync(instances, head, token), instances, Limits.StatusWait, cancellationToken);
        return new EngineStatus(
            head, Position, meter.EventsPerSecond, meter.EventCount, meter.RefoldCount, meter.SinceMove, duplicates, LastFailure, meter.StageSeconds, instances, Role, Owner, IsStalled)
        {
            ReadTo = opening is { } starting ? starting.WarmedTo ?? LogPosition.At(0) : null,
            Unreachable = noLog ?? noPostgres,
        };
    }

    // What hangs is given up: first it is told to end, then it is not waited for.
    private static async Task<(T Answer, string? Failure)> AskAsync<T>(string whom, Func<CancellationToken, Task<T>> ask, T otherwise, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(patience);
        try
        {
            return (await ask(ending.Token).WaitAsync(patience == Timeout.InfiniteTimeSpan ? patience : patience * 2, cancellationToken), null);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return (otherwise, $"{whom} can't be asked: {(error is OperationCanceledException or TimeoutException ? "no answer came in time" : error.Message)}");
        }
    }

    private async Task<(IReadOnlyList<InstanceStatus> Instances, long Duplicates)> InstancesAsync(bool withHash, CancellationToken cancellationToken)
    {
        var rows = await store.AllAsync(cancellationToken);
        var live = await store.LiveAsync(cancellationToken);
        var marks = await parked.CountAsync(cancellationToken);
        var keepers = await shares.KeepersAsync(cancellationToken);
        var statuses = new List<InstanceStatus>();
        foreach (var row in rows.Where(row => row.Id != FactsId))
        {
            var isLive = live.TryGetValue(row.Projection, out var pointer) && pointer.SchemaName == row.SchemaName
                && (row.Joined || (session is { } open && open.IsLive(row.Id)));
            var projection = catalog.All.FirstOrDefault(candidate => candidate.Name == row.Projection && candidate.Version == row.Version);
            var hash = withHash && row.Grp == 0 && projection is not null ? (await HashAsync(row.SchemaName, projection, cancellationToken)).Hash : null;
            var count = marks.GetValueOrDefault(row.Id);
            statuses.Add(new InstanceStatus(
                row.Id.ToString(), row.Projection, row.Version, isLive ? "live" : pointer?.Previous == row.SchemaName ? "previous" : "building", row.Position, null,
                row.RecordedAt, row.Events, meter.SpeedOf(row.Id), count.Parked, count.Dropped, count.Deferred, meter.RefoldsOf(row.Id), row.UpdatedAt, hash)
            {
                Keeper = keepers.GetValueOrDefault(row.Projection) ?? Owner,
                StatesAt = session?.StatesAt(row.Id),
            });
        }
        return (statuses, session?.Facts.CountDuplicates() ?? await store.CountDuplicatesAsync(null, null, cancellationToken));
    }

    private async Task<IReadOnlyList<InstanceStatus>> WithGapsAsync(IReadOnlyList<InstanceStatus> instances, LogPosition? head, CancellationToken cancellationToken)
    {
        var waiting = new Dictionary<long, DateTimeOffset?>();
        foreach (var position in instances.Select(instance => instance.Position).Where(position => head is not null && !(position >= head)).Distinct())
            waiting[position?.Commit ?? -1] = await FindWaitingSinceAsync(position, cancellationToken);
        return [.. instances.Select(instance => instance with { Head = head, WaitingSince = waiting.GetValueOrDefault(instance.Position?.Commit ?? -1) })];
    }

    /// <summary>The hash of a schema and the position it stands at, in one snapshot.</summary>
    internal async Task<(string Hash, LogPosition? Position)> HashAsync(string schema, Contract.Projection projection, CancellationToken cancellationToken)
    {
        var hash = new ReadModelHash(projection);
        var position = await new ReadModelScan(source, schemas).ReadAsync(schema, projection, (key, sums) => hash.Add(key, sums), cancellationToken);
        return (hash.ToString(), position);
    }

    private static InstanceId FactsId => Committing.FactsInstance.Id;
}

/// <summary>How the engine does.</summary>
/// <param name="Head">Position of the last event of the log; null while it is empty.</param>
/// <param name="Position">Where everything live stands.</param>
/// <param name="EventsPerSecond">Events a second over the last batches, from facts to commit.</param>
/// <param name="Events">Events applied since the start of the process.</param>
/// <param name="Refolds">Persons folded again since the start of the process.</param>
/// <param name="SinceLastCommit">How long ago this process saw a commit last, its own or the owner's; null before the first.</param>
/// <param name="Duplicates">Messages skipped because they had come before, in all of the log.</param>
/// <param name="LastFailure">Why the engine stopped last; null while it is well.</param>
/// <param name="StageSeconds">Seconds spent in facts, fold and commit since the start of the process.</param>
/// <param name="Instances">Every instance.</param>
/// <param name="Role">What this process does about the projections.</param>
/// <param name="Owner">The process that owns the read models, as it calls itself; null = none at the moment.</param>
/// <param name="IsStalled">True if events wait and nothing was committed for <see cref="Limits.StallAfter"/>.</param>
public sealed record EngineStatus(
    LogPosition? Head, LogPosition? Position, double EventsPerSecond, long Events, long Refolds, TimeSpan? SinceLastCommit, long Duplicates, string? LastFailure,
    IReadOnlyDictionary<string, double> StageSeconds, IReadOnlyList<InstanceStatus> Instances, EngineRole Role, string? Owner,
    bool IsStalled)
{
    /// <summary>Why the log or Postgres could not be asked: then what comes from there is as it was seen last. Null = they answered.</summary>
    public string? Unreachable { get; init; }

    /// <summary>While the projections of this process start: how far the log is read for the messages that it holds. Null = they have started.</summary>
    public LogPosition? ReadTo { get; init; }
}

/// <summary>Where one instance stands.</summary>
/// <param name="Name">Schema, and group of definitions if it isn't the first.</param>
/// <param name="Projection">Name of the projection.</param>
/// <param name="Version">Version of its code.</param>
/// <param name="State"><c>live</c>, <c>previous</c> (live before; rollback goes there) or <c>building</c>.</param>
/// <param name="Position">Where it stands; null = not started.</param>
/// <param name="Head">Where the log ends.</param>
/// <param name="RecordedAt">Log time of the last event applied, milliseconds since the Unix epoch.</param>
/// <param name="Events">Events applied in its life.</param>
/// <param name="EventsPerSecond">Events a second lately; 0 while nothing moves.</param>
/// <param name="Parked">Persons parked and not dropped.</param>
/// <param name="Dropped">Persons parked whose loss somebody has accepted.</param>
/// <param name="Deferred">Persons that wait for their refold.</param>
/// <param name="Refolds">Persons folded again since the start of the process.</param>
/// <param name="UpdatedAt">Time of its last commit, UTC.</param>
/// <param name="Hash">Read-model hash of the schema, if asked for.</param>
public sealed record InstanceStatus(
    string Name, string Projection, int Version, string State, LogPosition? Position, LogPosition? Head, long? RecordedAt, long Events,
    double EventsPerSecond, long Parked, long Dropped, long Deferred, long Refolds, DateTime UpdatedAt, string? Hash)
{
    /// <summary>The process that folds it, as it calls itself; null = nobody at the moment.</summary>
    public string? Keeper { get; init; }

    /// <summary>Where a process that ended had left states in memory: how far they are folded once more by this process. Null = none are missing.</summary>
    public LogPosition? StatesAt { get; init; }

    /// <summary>Positions between it and the head: events in the embedded log, bytes in EventStoreDB.</summary>
    public long Gap => Head is { } head && !(Position >= head) ? head.Commit - (Position?.Commit ?? 0) : 0;

    /// <summary>When the log took in the first event that is not in it; null = nothing is missing.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Time by which it is behind at a moment: the age of the first event that is not in it; zero at the head.</summary>
    public TimeSpan LagAt(DateTimeOffset now) => WaitingSince is { } since && now > since ? now - since : TimeSpan.Zero;
}
