using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projects;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// Follows the log and keeps every read model: one live loop for all that stands at the head, and beside it catch-ups for what is behind (a rebuild, a new definition).
/// After a failure it forgets all it holds in memory and starts from what is committed.
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
    private readonly InstanceStore store;
    private readonly Committer committer;
    private readonly PositionSignal signal = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly EngineMeter meter = new();
    private Session? session;
    private Task running = Task.CompletedTask;
    private bool isDisposed;

    /// <summary>An engine; nothing happens before <see cref="StartAsync"/>.</summary>
    public ProjectionEngine(IEventLog log, ProjectsView projects, NpgsqlDataSource source, ProjectionCatalog catalog, ILogger<ProjectionEngine> logger)
    {
        this.log = log;
        this.projects = projects;
        this.source = source;
        this.catalog = catalog;
        this.logger = logger;
        schemas = new SchemaCatalog(source);
        store = new InstanceStore(source);
        committer = new Committer(source, schemas);
    }

    /// <summary>How large batches are and how many cores fold; numbers never depend on it.</summary>
    internal EngineTuning Tuning { get; init; } = EngineTuning.Default;

    /// <summary>Told after every commit, with the position everything live stands at.</summary>
    public event Action<LogPosition>? Committed;

    /// <summary>Where all live read models stand; null = nothing applied yet.</summary>
    public LogPosition? Position => signal.Position;

    /// <summary>What went wrong last, if the engine is not running well at the moment.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Prepares the database and starts to follow the log in the background.</summary>
    /// <exception cref="WrongLogException">The database holds read models of another log.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await schemas.MigrateAsync(cancellationToken);
        session = await OpenSessionAsync(cancellationToken);
        running = Task.Run(() => SuperviseAsync(stopping.Token), CancellationToken.None);
    }

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
        stopping.Dispose();
    }

    private async Task SuperviseAsync(CancellationToken cancellationToken)
    {
        var pause = ShortestPause;
        var before = Position;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                session ??= await OpenSessionAsync(cancellationToken);
                LastFailure = null;
                before = Position;
                await session.RunAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (CheckpointConflictException error) when (session is { } lost)
            {
                LastFailure = error.Message;
                if (!await IsLostAsync(lost, cancellationToken))
                {
                    session = null;
                    continue;
                }
                LastFailure = "Another process has taken the projections over. This one answers from the events; start it again to take them back.";
                logger.LogWarning(error, "Another process has taken the projections over: this one writes nothing any more.");
                session = null;
                return;
            }
            catch (Exception error)
            {
                LastFailure = error.Message;
                if (Position != before) pause = ShortestPause;
                logger.LogError(error, "The projections stopped and start again from what is committed in {Pause} s.", pause.TotalSeconds);
                session = null;
                await Task.Delay(pause, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
                pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, pause.TotalSeconds * 2));
            }
        }
    }

    private async Task<bool> IsLostAsync(Session lost, CancellationToken cancellationToken)
    {
        try { return await lost.IsOwnedByAnotherAsync(cancellationToken); }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException) { return false; }
    }

    private async Task<Session> OpenSessionAsync(CancellationToken cancellationToken)
    {
        var opened = new Session(this);
        await opened.LoadAsync(cancellationToken);
        return opened;
    }
}
