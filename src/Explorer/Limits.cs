namespace EventSourcedAnalytics.Explorer;

/// <summary>Named limits of this room, each with its unit.</summary>
public static class Limits
{
    /// <summary>Events one scan may hold in memory; a larger project has to wait for a narrower question.</summary>
    public const long MaxScannedEvents = 20_000_000;

    /// <summary>Events of all projects together that stay in memory between two questions.</summary>
    public const long MaxKeptEvents = 4_000_000;
}
