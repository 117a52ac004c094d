namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>What an operator can set about the engine of a process.</summary>
public sealed record EngineSettings
{
    /// <summary>How this process calls itself to others: its machine, its process id, where it listens.</summary>
    public string Name { get; init; } = $"{Environment.MachineName}, process {Environment.ProcessId}";

    /// <summary>Time without a heartbeat after which another process takes over; the heart beats five times in it.</summary>
    public TimeSpan Lease { get; init; } = Limits.Lease;

    /// <summary>Whether the owner lends projections to processes that stand by, and this one keeps some while it stands by.</summary>
    public bool Share { get; init; } = true;

    /// <summary>Time for which a process has stood by before it is lent anything; null = the length of a lease.</summary>
    internal TimeSpan? LendAfter { get; init; }

    /// <summary>Events after which what is folded in memory is committed, however far behind everything is: fewer cost less memory and more time.</summary>
    public int CommitEvents { get; init; } = Limits.MaxUncommittedEvents;

    /// <summary>Most cores that fold side by side; 0 = all there are. Numbers never depend on it.</summary>
    public int Workers { get; init; }

    /// <summary>
    /// Persons whose states each read model keeps in memory; those of others are read from Postgres as their events come. A catch-up commits when three times as many rows
    /// wait. Numbers never depend on it.
    /// </summary>
    public int CachedPersons { get; init; } = CachedPersonsHere;

    /// <summary>How many persons this machine, or the container that the process runs in, has room for.</summary>
    public static int CachedPersonsHere => CachedPersonsFor(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>How many persons a machine has room for.</summary>
    /// <param name="bytes">Its memory.</param>
    internal static int CachedPersonsFor(long bytes) => (int)Math.Clamp(bytes / Limits.MemoryBytesPerCachedPerson, Limits.MinCachedPersons, int.MaxValue);

    /// <summary>Changed states of the live read models from which on a commit leaves them in memory while it is behind; a later one writes them. Numbers never depend on it.</summary>
    public int LeftStates { get; init; } = Limits.LeftStates;

    /// <summary>Events that a verification holds at a time: of a longer log it reads all of it once for each so many. Numbers never depend on it.</summary>
    public int VerifiedEvents { get; init; } = VerifiedEventsHere;

    /// <summary>How many events this machine, or the container that the process runs in, has room for in a verification.</summary>
    public static int VerifiedEventsHere => VerifiedEventsFor(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>How many events a machine has room for in a verification.</summary>
    /// <param name="bytes">Its memory.</param>
    internal static int VerifiedEventsFor(long bytes) => (int)Math.Clamp(bytes / Limits.MemoryBytesPerVerifiedEvent, Limits.MinVerifiedEvents, int.MaxValue);

    /// <summary>
    /// Megabytes (2^20 bytes) of events that are held where so many persons are folded again that the whole log is read for them: of more it reads the log once for each so many.
    /// Numbers never depend on it.
    /// </summary>
    public int RefoldMegabytes { get; init; } = RefoldMegabytesHere;

    /// <summary>How many megabytes this machine, or the container that the process runs in, has room for in a second pass.</summary>
    public static int RefoldMegabytesHere => RefoldMegabytesFor(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>How many megabytes a machine has room for in a second pass.</summary>
    /// <param name="bytes">Its memory.</param>
    internal static int RefoldMegabytesFor(long bytes) => (int)Math.Clamp(bytes / Limits.MemoryBytesPerRefoldByte / Limits.Megabyte, Limits.MinRefoldMegabytes, int.MaxValue);

    /// <summary>Most events in one batch.</summary>
    internal int BatchEvents => Math.Min(CommitEvents, Limits.MaxBatchEvents);

    /// <summary>
    /// Called at every named point of a commit and of a merge (see <see cref="CommitPoints"/> and <see cref="MergePoints"/>), to try out what happens when a process dies or is
    /// held there; null = never, and the statements of each are then one round trip.
    /// </summary>
    public Action<string>? AtCommitPoint { get; init; }
}

/// <summary>The named points of a commit, in order.</summary>
public static class CommitPoints
{
    /// <summary>Everything is folded, nothing is sent.</summary>
    public const string BeforeBegin = "commit:before-begin";

    /// <summary>The checkpoints are moved, in an open transaction that holds their locks.</summary>
    public const string AfterCheckpoints = "commit:after-checkpoints";

    /// <summary>Half of facts, states, marks and cells is written too.</summary>
    public const string AfterStates = "commit:after-states";

    /// <summary>Everything is written, the transaction is open.</summary>
    public const string BeforeCommit = "commit:before-commit";

    /// <summary>It is committed, and this process doesn't know yet.</summary>
    public const string AfterCommit = "commit:after-commit";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [BeforeBegin, AfterCheckpoints, AfterStates, BeforeCommit, AfterCommit];
}

/// <summary>The named points of a merge, which makes what was backfilled one with what its schema was built with, in order.</summary>
public static class MergePoints
{
    /// <summary>Both stand at one position with everything committed, nothing is sent.</summary>
    public const string BeforeBegin = "merge:before-begin";

    /// <summary>The revisions are moved, in an open transaction that holds on to the right to write.</summary>
    public const string AfterRevisions = "merge:after-revisions";

    /// <summary>Everything is written, the transaction is open.</summary>
    public const string BeforeCommit = "merge:before-commit";

    /// <summary>It is committed, and this process doesn't know yet.</summary>
    public const string AfterCommit = "merge:after-commit";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [BeforeBegin, AfterRevisions, BeforeCommit, AfterCommit];
}
