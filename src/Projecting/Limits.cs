namespace EventSourcedAnalytics.Projecting;

/// <summary>Named limits of this room, each with its unit.</summary>
public static class Limits
{
    /// <summary>Bytes of a megabyte, as settings count them.</summary>
    internal const long Megabyte = 1024 * 1024;

    /// <summary>Events in one batch; near the head batches are as small as what has come.</summary>
    public const int MaxBatchEvents = 10_000;

    /// <summary>Events in one batch of a rebuild or backfill that somebody looks at; of a long log up to <see cref="CatchUpBatchGrowth"/> times as many.</summary>
    public const int CatchUpBatchEvents = 50_000;

    /// <summary>Batches that a long log is replayed in: an event that came some hours late is then mostly in one batch with its person's others, and nobody has to wait for a second pass.</summary>
    public const int CatchUpBatches = 40;

    /// <summary>How many times larger the batches of a long log may be: whoever drops a read model, or changes its definitions, waits for the batch at work.</summary>
    public const int CatchUpBatchGrowth = 4;

    /// <summary>Megabytes of them; two such batches are in memory at a time.</summary>
    public const int MaxCatchUpBatchMegabytes = 256;

    /// <summary>Events of the log that are read for one batch of a rebuild or backfill at most, for each that it may hold: most may be such that nobody looks at.</summary>
    public const int EventsReadPerBatchEvent = 5;

    /// <summary>Batches that wait read, and again decoded, ahead of the fold.</summary>
    public const int MaxBufferedBatches = 1;

    /// <summary>Fold partitions of the process; a person always belongs to the same one.</summary>
    public const int FoldPartitions = 16;

    /// <summary>Persons whose states each read model keeps in memory, unless the machine has room for more or an operator set another number.</summary>
    public const int MinCachedPersons = 400_000;

    /// <summary>Bytes of the machine's memory for each such person: ten read models, live ones and those that are rebuilt, with half a kilobyte of it each, take a third of them.</summary>
    public const int MemoryBytesPerCachedPerson = 16_384;

    /// <summary>Persons of a batch from which on they are folded on several cores.</summary>
    public const int MinParallelPersons = 64;

    /// <summary>Events that are folded in memory before they are committed.</summary>
    public const int MaxUncommittedEvents = 1_000_000;

    /// <summary>States and cells of a rebuild or backfill that wait in memory for their commit, for each person whose states a read model keeps in memory.</summary>
    public const int UncommittedRowsPerCachedPerson = 3;

    /// <summary>Rows of one table that are certainly new from which on they are copied into it, instead of being looked for first.</summary>
    public const int MinCopiedRows = 1_000;

    /// <summary>Bytes of the first part of what is remembered of the rows that a catch-up from nothing wrote; each further part is as large as all before it.</summary>
    public const int WrittenCellsFirstBytes = 64 * 1024;

    /// <summary>Time between two commits of the live loop when it falls behind; near the head every batch is committed.</summary>
    public static readonly TimeSpan ShortestCommitInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How many times longer each next interval is while it stays behind, up to <see cref="LongestCommitInterval"/>.</summary>
    public const int CommitIntervalGrowth = 4;

    /// <summary>Shortest time between two commits of the live loop when it commits because it has come half of the way to the log's end.</summary>
    public static readonly TimeSpan HalfwayCommitInterval = TimeSpan.FromMilliseconds(400);

    /// <summary>Age of what is read, short of the log's end, from which on the live loop is behind for more than a moment.</summary>
    public static readonly TimeSpan FarBehind = TimeSpan.FromSeconds(5);

    /// <summary>Longest time between two commits of the live loop while it stays behind.</summary>
    public static readonly TimeSpan LongestCommitInterval = TimeSpan.FromSeconds(10);

    /// <summary>Changed states of the live read models from which on a commit leaves them in memory while it is behind, unless an operator set another number.</summary>
    public const int LeftStates = 50_000;

    /// <summary>Longest time for which commits leave states in memory: what came in it is folded once more after a crash.</summary>
    public static readonly TimeSpan LongestStatesInterval = TimeSpan.FromSeconds(60);

    /// <summary>Time that a stop in order gives the batch at work and the commit of what is folded; what is not written then is folded once more at the next start.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    /// <summary>How often the log of the server says how far a start or a recovery has come that takes longer.</summary>
    public static readonly TimeSpan ProgressReport = TimeSpan.FromSeconds(10);

    /// <summary>Events from which on a person is folded again only once in <see cref="MaxDeferral"/>, however often its events come late.</summary>
    public const int HeavyPersonEvents = 20_000;

    /// <summary>Such persons that are known at a time.</summary>
    public const int MaxHeavyPersons = 10_000;

    /// <summary>How often the live loop looks whether somebody has waited long enough, when no events come.</summary>
    public static readonly TimeSpan DeferralCheck = TimeSpan.FromSeconds(2);

    /// <summary>Longest time that a person of a live read model waits for its refold.</summary>
    public static readonly TimeSpan MaxDeferral = TimeSpan.FromMinutes(1);

    /// <summary>Longest time between two commits of a rebuild or backfill: what a crash costs it.</summary>
    public static readonly TimeSpan CatchUpCommitInterval = TimeSpan.FromSeconds(60);

    /// <summary>Persons folded again side by side.</summary>
    public const int MaxParallelRefolds = 4;

    /// <summary>Persons folded again together from which on it is considered to read the whole log instead of their streams.</summary>
    public const int MinScannedPersons = 1_000;

    /// <summary>Events of the log that are read one behind the other in the time that one stream takes.</summary>
    public const int EventsScannedPerStream = 250;

    /// <summary>Megabytes of events that are held when the whole log is read for persons that are folded again, unless the machine has room for more or an operator set another number.</summary>
    public const int MinRefoldMegabytes = 64;

    /// <summary>Part of the machine's memory that they may take: one in so many bytes.</summary>
    public const int MemoryBytesPerRefoldByte = 16;

    /// <summary>Bytes of a duplicate filter's first part; each further part is as large as all before it.</summary>
    public const int DuplicateFilterFirstBytes = 2 * 1024 * 1024;

    /// <summary>Order ids of which it is remembered that they are claimed, without asking Postgres: the newest.</summary>
    public const int MaxRecentClaims = 100_000;

    /// <summary>Streams read side by side for the exact duplicate check.</summary>
    public const int MaxParallelDoubts = 4;

    /// <summary>Events right before a doubtful one that the exact duplicate check looks at before it reads the stream from its start.</summary>
    public const int EventsSearchedBack = 50;

    /// <summary>Events that the exact duplicate check reads of a stream at a time.</summary>
    public const int DuplicateCheckPage = 1_000;

    /// <summary>Message ids of streams read for the exact duplicate check that are kept in memory.</summary>
    public const int MaxCachedMessageIds = 2_000_000;

    /// <summary>Attempts of a catch-up before it stays behind with its failure.</summary>
    public const int MaxCatchUpAttempts = 5;

    /// <summary>Attempts of instances that catch up together before each goes by itself.</summary>
    public const int CatchUpAttemptsTogether = 2;

    /// <summary>Pause after the first failure of a catch-up; after the second twice as long, and so on.</summary>
    public static readonly TimeSpan CatchUpPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Seconds that a query waits for a read model to reach a position.</summary>
    public static readonly TimeSpan AtLeastTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Time without a heartbeat after which another process takes the projections over.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    /// <summary>Time without a heartbeat connection, for example after a restart of Postgres, that an owner gets to come back.</summary>
    public static readonly TimeSpan OwnerGrace = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait of a process that takes the lease for each lock of a write that is under way; then whoever holds it is ended. Shorter than the timeout of its statements.</summary>
    public static readonly TimeSpan TakeWait = TimeSpan.FromSeconds(5);

    /// <summary>Longest time between two looks of a process that stands by.</summary>
    public static readonly TimeSpan StandbyPoll = TimeSpan.FromMilliseconds(250);

    /// <summary>Time for which a projection that was called back, for a rebuild or a verification, is not lent again.</summary>
    public static readonly TimeSpan StaysHome = TimeSpan.FromMinutes(1);

    /// <summary>Time that an operator's command waits for a process that has just started to have its read models in hand.</summary>
    public static readonly TimeSpan StartWait = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait, besides two lengths of a lease, for a projection that is called back.</summary>
    public static readonly TimeSpan BringHome = TimeSpan.FromSeconds(10);

    /// <summary>Time between two looks whether a projection that is called back is there.</summary>
    public static readonly TimeSpan BringHomePoll = TimeSpan.FromMilliseconds(20);

    /// <summary>Time between two looks of a follower whether the facts are of the time of the projects' settings.</summary>
    public static readonly TimeSpan FactsPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Time without a commit, while events wait, after which the projections count as stalled.</summary>
    public static readonly TimeSpan StallAfter = TimeSpan.FromSeconds(30);

    /// <summary>Time that a status gives the log and Postgres to answer; after it, what was seen last is told. A hash may take longer.</summary>
    public static readonly TimeSpan StatusWait = TimeSpan.FromSeconds(1);

    /// <summary>Time between two looks of the watchdog.</summary>
    public static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    /// <summary>Events that a rebuild's plan folds to measure its speed; a whole batch at least.</summary>
    public const int PlanSampleEvents = 20_000;

    /// <summary>Persons whose states one verification of a sample compares.</summary>
    public const int MaxSampledPersons = 10_000;

    /// <summary>Events that a verification holds at a time, unless the machine has room for more or an operator set another number.</summary>
    public const int MinVerifiedEvents = 250_000;

    /// <summary>Bytes of the machine's memory for each such event: it takes about a kilobyte, so that they take a quarter of the memory.</summary>
    public const int MemoryBytesPerVerifiedEvent = 4_096;

    /// <summary>Streams whose events a verification counts one by one: about 64 bytes each.</summary>
    public const int MaxAuditedStreams = 10_000_000;

    /// <summary>Streams that are asked side by side where they end.</summary>
    public const int MaxParallelAudits = 16;

    /// <summary>Parked persons in one list.</summary>
    public const int MaxParkedListed = 1_000;

    /// <summary>Failures in a row, without progress, after which an owner gives its lease to whoever wants it.</summary>
    public const int FailuresBeforeRelease = 4;

    /// <summary>Rows that one answer reads from the cells of a read model.</summary>
    public const int MaxAnswerRows = 2_000_000;
}
