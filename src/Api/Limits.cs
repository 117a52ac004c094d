namespace EventSourcedAnalytics.Api;

/// <summary>Named limits of this room, each with its unit.</summary>
public static class Limits
{
    /// <summary>Jobs of which the outcome is kept.</summary>
    public const int MaxKeptJobs = 100;
}
