namespace EventSourcedAnalytics.EventLog;

/// <summary>Which way a stream is read.</summary>
public enum ReadDirection
{
    /// <summary>From low revisions to high ones.</summary>
    Forwards,

    /// <summary>From high revisions to low ones.</summary>
    Backwards,
}

/// <summary>A page of one stream.</summary>
/// <param name="Exists">False if the stream is missing or deleted.</param>
/// <param name="Events">In the order read.</param>
/// <param name="IsEnd">True if nothing lies behind this page.</param>
public sealed record StreamPage(bool Exists, IReadOnlyList<RecordedEvent> Events, bool IsEnd);

/// <summary>A page of the whole log.</summary>
/// <param name="Events">Matching events, by position.</param>
/// <param name="LastPosition">The last position scanned, matching or not: where to go on. Null if nothing has been scanned yet.</param>
/// <param name="IsHead">True if the page ended at the log's end as it was then.</param>
public sealed record LogPage(IReadOnlyList<RecordedEvent> Events, LogPosition? LastPosition, bool IsHead)
{
    /// <summary>
    /// What the events lie in, where the log can use it again: a reader that is done with all of them, and with every slice of them, may dispose it, and none of them may be
    /// looked at afterwards. Nobody has to: what is not disposed is collected as anything else. Null = there is nothing to use again.
    /// </summary>
    public IDisposable? Memory { get; init; }
}

/// <summary>Which streams a read of the whole log returns: all but system streams, or those that start with one of some prefixes.</summary>
public sealed class StreamFilter
{
    private StreamFilter(IReadOnlyList<string> prefixes) => Prefixes = prefixes;

    /// <summary>Every stream whose name does not start with <c>$</c>.</summary>
    public static StreamFilter ExcludeSystem { get; } = new([]);

    /// <summary>Streams whose name starts with one of these.</summary>
    public static StreamFilter ByPrefix(params string[] prefixes) => new(prefixes);

    /// <summary>The prefixes; empty = every stream but system streams.</summary>
    public IReadOnlyList<string> Prefixes { get; }

    /// <summary>Whether a stream of this name is wanted.</summary>
    public bool Matches(string stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (Prefixes.Count == 0) return !stream.StartsWith('$');
        foreach (var prefix in Prefixes) if (stream.StartsWith(prefix, StringComparison.Ordinal)) return true;
        return false;
    }
}
