namespace EventSourcedAnalytics.EventLog;

/// <summary>Named limits of this room, each with its unit.</summary>
public static class Limits
{
    /// <summary>Events in one page of a read.</summary>
    public const int MaxPageEvents = 10_000;

    /// <summary>Bytes of event data in one append, as an EventStoreDB node takes by default.</summary>
    public const int MaxAppendBytes = 1_048_576;
}
