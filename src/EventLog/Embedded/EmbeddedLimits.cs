namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>Named limits of the embedded log, each with its unit.</summary>
internal static class EmbeddedLimits
{
    /// <summary>Bytes of a database page.</summary>
    public const int PageBytes = 16_384;

    /// <summary>Bytes of a block of events; a block and its row header fit one page, so that no overflow chain is needed to read it.</summary>
    public const int BlockBytes = 16_300;

    /// <summary>UTF-8 bytes of a stream's name.</summary>
    public const int StreamNameBytes = 4_096;

    /// <summary>UTF-8 bytes of an event's type.</summary>
    public const int TypeBytes = 4_096;

    /// <summary>Append calls waiting for the writer; further callers wait for a place.</summary>
    public const int QueuedCalls = 4_096;

    /// <summary>Bytes of events in one transaction, unless a single call brings more.</summary>
    public const int TransactionBytes = 4 * 1_048_576;

    /// <summary>Events between two writes of the changed stream heads: what a start has to replay at most.</summary>
    public const int IndexFlushEvents = 262_144;

    /// <summary>Stream heads in one row of the index.</summary>
    public const int HeadsPerRow = 25_000;

    /// <summary>Bytes of write-ahead log at which its pages are copied into the database.</summary>
    public const int WalBytes = 16 * 1_048_576;

    /// <summary>Checkpoints that readers may hinder before the writer makes them wait for a moment.</summary>
    public const int HinderedCheckpoints = 4;

    /// <summary>Bytes of the newest blocks kept in memory for readers near the head.</summary>
    public const int TailCacheBytes = 16 * 1_048_576;

    /// <summary>Buffers of a block's size that wait for the next page: as many as the pages that are read ahead give back at once.</summary>
    public const int FreeBuffers = 1_024;

    /// <summary>Event ids remembered to recognise repeated appends without an expected revision.</summary>
    public const int RecentIds = 65_536;

    /// <summary>Database connections that read at the same time; further readers wait.</summary>
    public const int Readers = 8;

    /// <summary>Events looked at for one page of a filtered read.</summary>
    public const int ScannedEvents = 100_000;

    /// <summary>Bytes of events in one page; at least one event is always returned.</summary>
    public const int PageOfEventsBytes = 16 * 1_048_576;

    /// <summary>Milliseconds between two looks for new events when another process writes the log.</summary>
    public const int PollMilliseconds = 25;

    /// <summary>Milliseconds a statement waits for a lock of another process.</summary>
    public const int BusyMilliseconds = 10_000;
}
