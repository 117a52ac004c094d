using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projects;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// Follows the log and keeps every read model: one live loop for all that stands at the head, and beside it catch-ups for what is behind (a rebuild, a new definition).
/// After a failure it forgets all it holds in memory and starts from what is committed. Of several processes on one database one owns the read models; the others stand by:
/// they answer from Postgres, keep the projections that the owner lends them, and one of them goes on when the owner gives its lease back or dies.
/// </summary>
public sealed partial class ProjectionEngine : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly IEventLog log;
    private readonly ProjectsView projects;
    private readonly NpgsqlDataSource source;
    private readonly ProjectionCatalog catalog;
    private readonly ILogger<ProjectionEngine> logger;
    private readonly SchemaCatalog schemas;
    private readonly LeaseOwnership ownership = new();
    private readonly InstanceStore store;
    private readonly LeaseStore leases;
    private readonly ShareStore shares;
    private readonly Committer committer;
    private readonly EngineSettings settings;
    private readonly PositionSignal signal = new();
    private readonly PositionSignal facts = new();
    private readonly Lock standing = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly EngineMeter meter;
    private readonly ParkedStore parked;
    private readonly MinuteTable minutes;
    private volatile Session? session;
    private volatile Session? opening;
    private volatile Lease? lease;
    private volatile LeaseRow? seen;
    private volatile Following? following;
    private Session? prepared;

    // The epoch of a lease that this process gave up, but perhaps could not give back: nobody has it.
    private long? givenUp;
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task running = Task.CompletedTask;
    private Task watching = Task.CompletedTask;
    private bool isDisposed;

    /// <summary>An engine; nothing happens before <see cref="StartAsync"/>.</summary>
    public ProjectionEngine(
        IEventLog log, ProjectsView projects, NpgsqlDataSource source, ProjectionCatalog catalog, ILogger<ProjectionEngine> logger, EngineSettings? settings = null)
    {
        this.settings = settings ?? new EngineSettings();
        Tuning = EngineTuning.Default with
        {
            BatchEvents = this.settings.BatchEvents, CommitEvents = this.settings.CommitEvents, Workers = this.settings.Workers, CachedPersons = this.settings.CachedPersons, VerifiedEvents = this.settings.VerifiedEvents,
            RefoldBytes = this.settings.RefoldMegabytes * Limits.Megabyte, LeftStates = this.settings.LeftStates,
        };
        this.log = log;
        this.projects = projects;
        this.source = source;
        this.catalog = catalog;
        this.logger = logger;
        schemas = new SchemaCatalog(source);
        store = NewStore(ownership);
        leases = new LeaseStore(source);
        shares = new ShareStore(source);
        parked = new ParkedStore(source);
        minutes = new MinuteTable(source);
        meter = new EngineMeter(() => latest);
        committer = new Committer(source, schemas) { AtPoint = this.settings.AtCommitPoint };
    }

    /// <summary>How large batches are and how many cores fold; numbers never depend on it.</summary>
    internal EngineTuning Tuning { get; init; }

    /// <summary>Told after every commit, with the position everything live stands at.</summary>
    public event Action<LogPosition>? Committed;

    /// <summary>Names of all projections of this process.</summary>
    public IReadOnlyList<string> Projections => [.. catalog.All.Select(projection => projection.Name)];

    /// <summary>Where all live read models stand; null = nothing applied yet.</summary>
    public LogPosition? Position => signal.Position;

    /// <summary>What went wrong last, if the engine is not running well at the moment.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>
    /// Prepares the database and starts to follow the log in the background, or to stand by if another process does. What takes longer the longer the log is, is done in the
    /// background as well: until then questions are answered from what is committed.
    /// </summary>
    /// <exception cref="WrongLogException">The database holds read models of another log.</exception>
    /// <exception cref="NewerFormatException">The database holds read models of a newer program.</exception>
    /// <exception cref="InvalidOperationException">A projection's tables changed without a new version.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await schemas.MigrateAsync(cancellationToken);
        var found = await leases.LookAsync(cancellationToken);
        StoredFormat.Check(found.Format);
        if (found.LogId is { } builtFrom) InstanceStore.CheckLog(FactsId.ToString(), builtFrom, await log.GetIdentityAsync(cancellationToken));
        foreach (var row in await store.AllAsync(cancellationToken))
            if (catalog.All.FirstOrDefault(projection => projection.Name == row.Projection) is { } projection) InstanceRegistry.CheckSql(row, projection);
        Observe(found);
        // A process that starts takes what is certainly free at once: nobody's work is lost by it.
        if (found.IsFree)
        {
            if (found.Position is { } stands) WrongLogException.CheckReaches(await log.GetHeadAsync(cancellationToken), stands);
            lease = await Lease.TryTakeAsync(leases, found, settings, logger);
            if (lease is not null) prepared = new Session(this);
        }
        running = Task.Run(() => SuperviseAsync(stopping.Token), CancellationToken.None);
        watching = Task.Run(() => WatchAsync(stopping.Token), CancellationToken.None);
    }

    /// <summary>Waits until this process has its projections in hand: it folds them, stands by, or has failed to and tries again.</summary>
    public Task BegunAsync(CancellationToken cancellationToken) => begun.Task.WaitAsync(cancellationToken);

    /// <summary>Waits until everything live stands at a position or behind it.</summary>
    /// <returns>False if the time ran out before.</returns>
    public Task<bool> WaitForAsync(LogPosition position, TimeSpan timeout, CancellationToken cancellationToken) => signal.WaitAsync(position, timeout, cancellationToken);

    /// <summary>How many messages of a project (null: of all) were skipped because they had come before.</summary>
    public long CountDuplicates(string? project = null) => session?.Facts.CountDuplicates(project) ?? 0;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true)) return;
        await stopping.CancelAsync();
        await running;
        session = null;
        await GiveUpLeaseAsync();
        await watching;
        meter.Dispose();
        stopping.Dispose();
    }

    private async Task SuperviseAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var before = Position;
            try
            {
                await RunSessionAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is CheckpointConflictException || lease is { IsLost: true })
            {
                LastFailure = error.Message;
            }
            catch (Exception error)
            {
                failures = Position != before ? 1 : failures + 1;
                LastFailure = error.Message;
                session = null;
                begun.TrySetResult();
                await PauseAsync(error, failures, cancellationToken);
            }
            session = null;
        }
    }

    private async Task RunSessionAsync(CancellationToken cancellationToken)
    {
        if (session is null)
        {
            // One that was taken a moment ago comes with what is prepared.
            if (lease is not null && prepared is null && !await lease.RenewAsync())
            {
                logger.LogWarning("Another process has taken the projections over.");
                await GiveUpLeaseAsync();
            }
            if (lease is null)
            {
                begun.TrySetResult();
                await StandByAsync(cancellationToken);
            }
            session = await OpenSessionAsync(Interlocked.Exchange(ref prepared, null) ?? new Session(this), cancellationToken);
        }
        LastFailure = null;
        begun.TrySetResult();
        await session.RunAsync(cancellationToken, lease!.Lost);
    }

    // An owner that fails again and again lets another process try.
    private async Task PauseAsync(Exception error, int failures, CancellationToken cancellationToken)
    {
        var pause = PauseAfter(failures);
        logger.LogError(error, "The projections stopped and start again from what is committed in {Pause} s.", pause.TotalSeconds);
        if (failures >= Limits.FailuresBeforeRelease) await GiveUpLeaseAsync();
        await Task.Delay(pause, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task<Session> OpenSessionAsync(Session opened, CancellationToken cancellationToken)
    {
        ownership.Epoch = lease!.Epoch;
        opening = opened;
        try
        {
            await opened.LoadAsync(cancellationToken);
            return opened;
        }
        finally { opening = null; }
    }

    private InstanceStore NewStore(IOwnership ownership) => new(source, ownership) { AtPoint = settings.AtCommitPoint };

    private async Task GiveUpLeaseAsync()
    {
        if (Interlocked.Exchange(ref lease, null) is not { } given) return;
        await given.DisposeAsync();
        givenUp = given.IsLost ? null : given.Epoch;
    }
}
