namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary>Named limits of the node, each with its unit; the protocol's own where it has them.</summary>
internal static class NodeLimits
{
    /// <summary>Bytes of one message to the streams service.</summary>
    public const int MessageBytes = 16_767_216;

    /// <summary>Events read from the log at a time for a reader.</summary>
    public const int PageEvents = 256;

    /// <summary>Appends of one batch call that may wait for the log.</summary>
    public const int AppendsInFlight = 1_024;

    /// <summary>Appends of one batch call whose last part has not come yet.</summary>
    public const int OpenAppends = 1_024;

    /// <summary>Events considered for one checkpoint unless the client says otherwise.</summary>
    public const int SearchWindow = 32;
}
