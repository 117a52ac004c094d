namespace EventSourcedAnalytics.Server;

/// <summary>Named limits of this room, each with its unit.</summary>
public static class Limits
{
    /// <summary>Connections that the private PostgreSQL takes.</summary>
    public const int PostgresConnections = 100;

    /// <summary>Connections to the private PostgreSQL that one process keeps; two processes and an operator fit.</summary>
    public const int PostgresPool = 45;

    /// <summary>Time that a server has to say that it lives, before a command takes it that none runs.</summary>
    public static readonly TimeSpan ServerProbe = TimeSpan.FromSeconds(10);

    /// <summary>Lag up to which a server counts as ready.</summary>
    public static readonly TimeSpan ReadyLag = TimeSpan.FromSeconds(30);

    /// <summary>Longest lag that can be set as ready; with it a server practically always is.</summary>
    public static readonly TimeSpan MaxReadyLag = TimeSpan.FromDays(365);

    /// <summary>Shortest lease that can be set: below it a process that only waits for the processor would lose the projections.</summary>
    public static readonly TimeSpan MinLease = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest lease that can be set: as long as nobody takes over from a process that hangs.</summary>
    public static readonly TimeSpan MaxLease = TimeSpan.FromHours(1);

    /// <summary>Most cores that an operator can let fold side by side.</summary>
    public const int MaxWorkers = 64;

    /// <summary>Fewest persons whose states an operator can let each read model keep in memory.</summary>
    public const int MinCachedPersons = 1_000;

    /// <summary>Most persons whose states an operator can let each read model keep in memory.</summary>
    public const int MaxCachedPersons = 100_000_000;

    /// <summary>Fewest events that an operator can let a verification hold at a time.</summary>
    public const int MinVerifiedEvents = 1_000;

    /// <summary>Most events that an operator can let a verification hold at a time.</summary>
    public const int MaxVerifiedEvents = 100_000_000;

    /// <summary>Fewest megabytes of events that an operator can let a second pass hold at a time.</summary>
    public const int MinRefoldMegabytes = 1;

    /// <summary>Most megabytes of events that an operator can let a second pass hold at a time.</summary>
    public const int MaxRefoldMegabytes = 1_000_000;

    /// <summary>Time after which Postgres ends a session that does nothing in the middle of a transaction.</summary>
    public static readonly TimeSpan IdleInTransaction = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for a lock in Postgres.</summary>
    public static readonly TimeSpan LockWait = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of a unix socket's path that the kernel takes, its end mark not counted.</summary>
    public const int MaxSocketPathBytes = 107;

    /// <summary>Longest time that the private PostgreSQL may take to start; after a crash it first replays its write-ahead log.</summary>
    public static readonly TimeSpan PostgresStart = TimeSpan.FromMinutes(10);

    /// <summary>Time that readiness gives the log and Postgres to answer.</summary>
    public static readonly TimeSpan HealthWait = TimeSpan.FromSeconds(2);

    /// <summary>Longest time that the private PostgreSQL may take to stop before it is told to stop at once (it then recovers at its next start).</summary>
    public static readonly TimeSpan PostgresStop = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for another process that starts or stops the same private PostgreSQL.</summary>
    public static readonly TimeSpan PostgresLockWait = TimeSpan.FromMinutes(11);

    /// <summary>Longest time from the request to end (Ctrl-C, SIGTERM) to the end: requests at work, the last commit, the private PostgreSQL. Then the process ends as it is.</summary>
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(60);

    /// <summary>Time between two looks at whether the private PostgreSQL still lives.</summary>
    public static readonly TimeSpan PostgresWatchInterval = TimeSpan.FromSeconds(1);

    /// <summary>Time that processes left over from a killed PostgreSQL get to end by themselves.</summary>
    public static readonly TimeSpan PostgresOrphanGrace = TimeSpan.FromSeconds(3);

    /// <summary>Bytes of PostgreSQL's own log from which on it is started afresh, keeping one old file.</summary>
    public const long MaxPostgresLogBytes = 16 * 1024 * 1024;

    /// <summary>Messages of one simulated shop; its visitors are kept in memory, some 30 MB for each million messages.</summary>
    public const int MaxSimulatedEvents = 20_000_000;

    /// <summary>Days of one simulated shop.</summary>
    public const int MaxSimulatedDays = 366;
}
