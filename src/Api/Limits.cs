namespace EventSourcedAnalytics.Api;

/// <summary>Named limits of this room, each with its unit.</summary>
public static class Limits
{
    /// <summary>Jobs of which the outcome is kept.</summary>
    public const int MaxKeptJobs = 100;

    /// <summary>Events of one person that are listed as evidence of a number, the oldest first; <c>evidenceCount</c> counts all.</summary>
    public const int MaxEvidenceEvents = 1_000;

    /// <summary>Names that live numbers list.</summary>
    public const int MaxLiveNames = 10;

    /// <summary>Shortest time between two messages of one subscription; what changes in between is told as one.</summary>
    public static readonly TimeSpan PushInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest time between two looks at live numbers, which move with the clock.</summary>
    public static readonly TimeSpan LiveTick = TimeSpan.FromSeconds(1);

    /// <summary>Longest time between two looks at numbers of a range that ends now.</summary>
    public static readonly TimeSpan ClockTick = TimeSpan.FromSeconds(5);
}
