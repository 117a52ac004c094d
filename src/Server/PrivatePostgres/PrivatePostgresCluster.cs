namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>
/// A PostgreSQL of the system's own, below its data directory, for when no connection is configured. It listens on a unix socket only.
/// All processes that use one data directory share it: the first starts it, the last stops it. If it dies while it is used it is started again.
/// </summary>
public sealed class PrivatePostgresCluster : IAsyncDisposable
{
    private readonly ClusterHome home;
    private readonly Postmaster postmaster;
    private readonly ClusterUsers users;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task watch;
    private bool isDisposed;

    private PrivatePostgresCluster(ClusterHome home, Postmaster postmaster, ClusterUsers users, ILogger logger)
    {
        (this.home, this.postmaster, this.users, this.logger) = (home, postmaster, users, logger);
        watch = Task.Run(WatchAsync);
    }

    /// <summary>Connects to the system's database, through the socket, without a password.</summary>
    public string ConnectionString => postmaster.ConnectionString(Postmaster.Database);

    /// <summary>The folder that holds PostgreSQL's files; below the data directory unless PostgreSQL's user can't go there.</summary>
    public string Location => home.Directory;

    /// <summary>The process id of the postmaster; null while it isn't running.</summary>
    public int? ProcessId => postmaster.ProcessId;

    /// <summary>
    /// Returns the running cluster of <paramref name="dataDirectory"/>; makes it at first use, starts it if it doesn't run, recovers it if it or its
    /// last user was killed. Dispose it when done.
    /// </summary>
    /// <exception cref="PrivatePostgresException">PostgreSQL isn't installed or can't run here; the message says what to do.</exception>
    public static Task<PrivatePostgresCluster> EnsureStartedAsync(string dataDirectory, ILogger logger, CancellationToken ct = default) =>
        EnsureStartedAsync(dataDirectory, isDurable: true, logger, ct);

    internal static async Task<PrivatePostgresCluster> EnsureStartedAsync(
        string dataDirectory, bool isDurable, ILogger logger, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
            throw new PrivatePostgresException("The private database needs Linux or macOS. Set ConnectionStrings__Postgres to a PostgreSQL server.");
        try
        {
            var control = await ClusterHome.ControlOfAsync(dataDirectory, ct);
            using var held = await ClusterUsers.LockAsync(control, ct);
            var home = await ClusterHome.FindOrMakeAsync(dataDirectory, ct);
            var postmaster = new Postmaster(home, isDurable);
            var outcome = await postmaster.EnsureRunningAsync(ct);
            LogMessages.Running(logger, home.Directory, outcome.ToString(), postmaster.ProcessId);
            return new PrivatePostgresCluster(home, postmaster, ClusterUsers.Join(control), logger);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new PrivatePostgresException(
                $"The private database below {Path.GetFullPath(dataDirectory)} can't be used by this user: {e.Message} "
                + "Run the command as the user that made it, choose another Data__Directory, or set ConnectionStrings__Postgres.", e);
        }
    }

    /// <summary>Gives the cluster up; stops it unless another process uses it. Doing so twice does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await stopping.CancelAsync();
        await watch;
        stopping.Dispose();
        using var held = await ClusterUsers.LockAsync(home.Control, CancellationToken.None);
        users.Dispose();
        if (ClusterUsers.Any(home.Control))
            return;
        await postmaster.StopAsync(CancellationToken.None);
        LogMessages.Stopped(logger, home.Directory);
    }

    /// <summary>
    /// Removes the cluster of a data directory that nobody uses any more: ends its processes, deletes its files. Returns false, and does nothing,
    /// if somebody uses it.
    /// </summary>
    internal static async Task<bool> RemoveUnusedAsync(string dataDirectory, CancellationToken ct)
    {
        var control = await ClusterHome.ControlOfAsync(dataDirectory, ct);
        using var held = await ClusterUsers.LockAsync(control, ct);
        if (ClusterUsers.Any(control))
            return false;
        var home = await ClusterHome.FindOrMakeAsync(dataDirectory, ct);
        await PostgresProcesses.EndAllAsync(home.Data, ct);
        home.RemoveOutside();
        Directory.Delete(control, recursive: true);
        return true;
    }

    /// <summary>Deletes a data directory that nobody uses any more, with its cluster, also where that lives elsewhere.</summary>
    internal static async Task DeleteWithDataAsync(string dataDirectory)
    {
        if (Directory.Exists(ClusterHome.ControlIn(dataDirectory)))
            await RemoveUnusedAsync(dataDirectory, CancellationToken.None);
        Directory.Delete(dataDirectory, recursive: true);
    }

    private async Task WatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Limits.PostgresWatchInterval, stopping.Token);
                if (ProcessId is not null)
                    continue;
                LogMessages.Died(logger, home.Directory);
                using var held = await ClusterUsers.LockAsync(home.Control, stopping.Token);
                var outcome = await postmaster.EnsureRunningAsync(stopping.Token);
                LogMessages.Running(logger, home.Directory, outcome.ToString(), ProcessId);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                // A full disk or a deleted folder: queries fail and say so; the next look may find it mended.
                LogMessages.RestartFailed(logger, home.Directory, e);
            }
        }
    }
}
