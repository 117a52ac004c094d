namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>What changes how fast the engine is, and nothing else.</summary>
/// <param name="BatchEvents">Most events in one batch of the live loop.</param>
/// <param name="CatchUpBatchEvents">Events from which on a batch of a rebuild or backfill is closed, unless the log is long.</param>
/// <param name="Workers">Most cores that fold side by side; 0 = all.</param>
/// <param name="CommitEvents">Events after which what is folded in memory is committed, however far behind everything is.</param>
internal sealed record EngineTuning(int BatchEvents, int CatchUpBatchEvents, int Workers, int CommitEvents)
{
    /// <summary>Events from which on a person of a live read model is folded again only once in <see cref="Deferral"/>.</summary>
    public int HeavyPersonEvents { get; init; } = Limits.HeavyPersonEvents;

    /// <summary>How long such a person waits, and anybody at most.</summary>
    public TimeSpan Deferral { get; init; } = Limits.MaxDeferral;

    /// <summary>Persons of one instance whose states stay in memory after a commit; others are read again as they are needed.</summary>
    public int CachedPersons { get; init; } = Limits.MinCachedPersons;

    /// <summary>Events that a verification holds at a time.</summary>
    public int VerifiedEvents { get; init; } = Limits.MinVerifiedEvents;

    /// <summary>Bytes of events held when the whole log is read for persons that are folded again.</summary>
    public long RefoldBytes { get; init; } = Limits.MinRefoldMegabytes * Limits.Megabyte;

    /// <summary>Bytes of events from which on a batch of a rebuild or backfill is closed.</summary>
    public long CatchUpBatchBytes { get; init; } = Limits.MaxCatchUpBatchMegabytes * Limits.Megabyte;

    /// <summary>Persons folded again together from which on that is considered, instead of reading their streams.</summary>
    public int ScannedPersons { get; init; } = Limits.MinScannedPersons;

    /// <summary>Rows of one table that are certainly new from which on a commit copies them into it.</summary>
    public int CopiedRows { get; init; } = Limits.MinCopiedRows;

    /// <summary>Changed states of the live read models from which on a commit leaves them in memory.</summary>
    public int LeftStates { get; init; } = Limits.LeftStates;

    /// <summary>States and cells of a catch-up that wait in memory for their commit.</summary>
    public int UncommittedRows => (int)Math.Min(int.MaxValue, (long)Limits.UncommittedRowsPerCachedPerson * CachedPersons);

    public static EngineTuning Default { get; } = new(Limits.MaxBatchEvents, Limits.CatchUpBatchEvents, 0, Limits.MaxUncommittedEvents);
}
