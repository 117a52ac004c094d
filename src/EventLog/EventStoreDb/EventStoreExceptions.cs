namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>An append or a deletion expected the stream at another revision.</summary>
/// <param name="stream">The stream.</param>
/// <param name="expected">What was expected, as EventStoreDB numbers it.</param>
/// <param name="actual">The stream's last revision; null if it does not exist.</param>
public sealed class WrongExpectedVersionException(string stream, long expected, long? actual)
    : Exception($"Stream {stream} is at revision {(actual is null ? "(none)" : actual)}, not at {expected} as expected.")
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>What was expected, as EventStoreDB numbers it.</summary>
    public long Expected { get; } = expected;

    /// <summary>The stream's last revision; null if it does not exist.</summary>
    public long? Actual { get; } = actual;
}

/// <summary>The stream is tombstoned: it can't be read or appended to any more.</summary>
/// <param name="stream">The stream.</param>
/// <param name="inner">The server's answer.</param>
public sealed class StreamDeletedException(string stream, Exception? inner = null) : Exception($"Stream {stream} is deleted for good.", inner)
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;
}

/// <summary>The append is larger than the server takes.</summary>
/// <param name="maxBytes">The server's limit in bytes.</param>
public sealed class MaximumAppendSizeExceededException(int maxBytes) : Exception($"The append is larger than the server's {maxBytes} bytes.")
{
    /// <summary>The server's limit in bytes.</summary>
    public int MaxBytes { get; } = maxBytes;
}

/// <summary>The server does not let this user do this: a matter of the credentials or of the stream's access list, not of trying again.</summary>
/// <param name="what">What was asked for.</param>
/// <param name="inner">The server's answer.</param>
public sealed class AccessDeniedException(string what, Exception? inner = null)
    : Exception($"The event store denies access: {what}. Check the user and password (or the certificate) in EventStore__ConnectionString and the stream's access list.", inner);

/// <summary>No member of the cluster could be found that fits.</summary>
/// <param name="message">What was tried.</param>
/// <param name="inner">The last failure.</param>
public sealed class DiscoveryException(string message, Exception? inner) : Exception(message, inner);
