namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>Named limits of the client, each with its unit.</summary>
internal static class EventStoreLimits
{
    /// <summary>Appends on the batch call that wait for their answer; further ones wait for a place.</summary>
    public const int AppendsInFlight = 1_024;

    /// <summary>Bytes of events in one message of the batch call; larger appends are sent in several.</summary>
    public const int BatchMessageBytes = 256 * 1_024;

    /// <summary>Events the server looks at for one checkpoint: window times interval.</summary>
    public const uint SearchWindow = 32;

    /// <summary>Windows between two checkpoints.</summary>
    public const uint CheckpointInterval = 32;

    /// <summary>How long a broken call is given to say why.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private const int FirstBackoffMilliseconds = 50;
    private const int LastBackoffMilliseconds = 5_000;

    /// <summary>How long to wait before the next attempt; doubles, with chance in it so that many clients don't come at once.</summary>
    public static TimeSpan Backoff(int attempt)
    {
        var limit = Math.Min(LastBackoffMilliseconds, FirstBackoffMilliseconds << Math.Min(attempt - 1, 10));
        return TimeSpan.FromMilliseconds(Random.Shared.Next(limit / 2, limit + 1));
    }
}
