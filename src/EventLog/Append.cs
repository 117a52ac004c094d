namespace EventSourcedAnalytics.EventLog;

/// <summary>An event on its way into the log.</summary>
/// <param name="EventId">Identity for idempotent appends; must not be empty.</param>
/// <param name="Type">The event's type, for example <c>track</c>.</param>
/// <param name="Data">The body, UTF-8 JSON.</param>
/// <param name="Metadata">Further facts about the event, UTF-8 JSON; may be empty.</param>
public sealed record EventToAppend(Guid EventId, string Type, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata = default)
{
    /// <summary>False if the body is not JSON; the log keeps this one bit of the content type.</summary>
    public bool IsJson { get; init; } = true;
}

/// <summary>One append of <see cref="IEventLog.AppendManyAsync"/>.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Expected">What the stream must look like.</param>
/// <param name="Events">At least one event.</param>
public sealed record StreamAppend(string Stream, ExpectedRevision Expected, IReadOnlyList<EventToAppend> Events);

/// <summary>What an append expects of its stream.</summary>
public readonly record struct ExpectedRevision
{
    private readonly long value;

    private ExpectedRevision(long value) => this.value = value;

    /// <summary>Whatever is there; repeats are recognised only as far as the log remembers them.</summary>
    public static ExpectedRevision Any => new(-2);

    /// <summary>The stream must not exist.</summary>
    public static ExpectedRevision NoStream => new(-1);

    /// <summary>The stream must exist, at any revision.</summary>
    public static ExpectedRevision StreamExists => new(-4);

    /// <summary>The stream's last revision must be this one (0 or more).</summary>
    public static ExpectedRevision At(long revision)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(revision);
        return new ExpectedRevision(revision);
    }

    /// <summary>EventStoreDB's number for it: -1 no stream, -2 any, -4 exists, else the revision.</summary>
    public long ToInt64() => value;
}

/// <summary>What became of an append.</summary>
public abstract record AppendResult
{
    private AppendResult() { }

    /// <summary>Durable in the log; also the answer to an idempotent repeat, with the original place.</summary>
    /// <param name="Revision">Revision of the last event written.</param>
    /// <param name="Position">Position of the last event written.</param>
    public sealed record Appended(long Revision, LogPosition Position) : AppendResult;

    /// <summary>The stream was not as expected; nothing was written.</summary>
    /// <param name="ActualRevision">The stream's last revision; null if it does not exist.</param>
    public sealed record WrongExpectedRevision(long? ActualRevision) : AppendResult;

    /// <summary>The stream is tombstoned: nothing can be appended to it any more.</summary>
    public sealed record StreamDeleted : AppendResult;

    /// <summary>The append is larger than the log takes; nothing was written.</summary>
    /// <param name="MaxBytes">The log's limit in bytes.</param>
    public sealed record TooLarge(int MaxBytes) : AppendResult;

    /// <summary>Not known to be durable (time-out, connection lost, disk full): to be repeated with the same event ids.</summary>
    /// <param name="Reason">What the log or the transport said.</param>
    public sealed record Failed(string Reason) : AppendResult;
}
