namespace EventSourcedAnalytics.Ingestion;

/// <summary>Named limits of this room, each with its unit. Those that an operator may change are in <see cref="IngestionOptions"/>.</summary>
public static class Limits
{
    /// <summary>Events in one batch request.</summary>
    public const int MaxBatchEvents = 2_500;

    /// <summary>Bytes of one event's JSON.</summary>
    public const int MaxEventBytes = 32_768;

    /// <summary>Levels of objects and arrays inside properties, context or traits.</summary>
    public const int MaxObjectDepth = 32;

    /// <summary>Levels of objects and arrays in a request's body: what is deeper is no single bad event but a broken body.</summary>
    public const int MaxBodyDepth = 1_000;

    /// <summary>Characters of an id: user, anonymous, previous, group, message, session.</summary>
    public const int MaxIdLength = 256;

    /// <summary>Characters of an event's, page's or screen's name.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Characters of the reason given for a correction.</summary>
    public const int MaxReasonLength = 1_024;

    /// <summary>How far a message may lie in the future.</summary>
    public static readonly TimeSpan MaxFuture = TimeSpan.FromHours(1);

    /// <summary>Bytes of event data put into one append: below what the log takes, so that what it adds fits too.</summary>
    public const int MaxAppendBytes = 786_432;

    /// <summary>Bytes of a refused event's body that are kept.</summary>
    public const int MaxRejectedBodyBytes = 65_536;

    /// <summary>Customers whose streams' names are remembered: some 200 bytes each.</summary>
    public const int KnownCustomers = 65_536;

    /// <summary>Requests whose bodies are in memory at once; more wait, unread.</summary>
    public const int MaxConcurrentRequests = 256;

    /// <summary>Bytes of one line of an import; a longer one is refused.</summary>
    public const int MaxLineBytes = 1_048_576;

    /// <summary>Lines that an import appends together.</summary>
    public const int ImportBatchLines = 2_000;

    /// <summary>Bytes of lines that an import appends together.</summary>
    public const int ImportBatchBytes = 4_194_304;

    /// <summary>Different lines without a messageId in one import: each is remembered, to number identical ones.</summary>
    public const int MaxLinesWithoutMessageId = 20_000_000;

    /// <summary>Examples of refused lines that an import report carries.</summary>
    public const int MaxReportedLines = 100;

    /// <summary>Times an import asks where the log stands before it gives up: with the pauses between them, about a minute.</summary>
    public const int MaxImportStarts = 9;

    /// <summary>Times an import repeats an append that failed.</summary>
    public const int MaxImportAttempts = 6;
}
