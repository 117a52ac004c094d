namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>Named limits of the client, each with its unit.</summary>
internal static class EventStoreLimits
{
    /// <summary>Appends on the batch call that wait for their answer; further ones wait for a place.</summary>
    public const int AppendsInFlight = 1_024;

    /// <summary>Streams appended to at the same time where the server has no batch call.</summary>
    public const int SingleAppendsInFlight = 32;

    /// <summary>Bytes of events in one message of the batch call; larger appends are sent in several.</summary>
    public const int BatchMessageBytes = 256 * 1_024;

    /// <summary>Bytes of one event, with room for its names: a server breaks the whole call for a message above its 16,767,216 bytes.</summary>
    public const int EventBytes = 16_700_000;

    /// <summary>Events the server looks at before it says how far it got; times <see cref="CheckpointInterval"/> = events between two checkpoints.</summary>
    public const uint SearchWindow = 256;

    /// <summary>Windows between two checkpoints.</summary>
    public const uint CheckpointInterval = 4;

    /// <summary>Channels to former nodes that are kept open for the calls still running on them.</summary>
    public const int RetiredChannels = 4;

    /// <summary>Times a read or a deletion is started in all.</summary>
    public const int Attempts = 4;

    /// <summary>How long a subscription may be silent before the log is asked whether it should be.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>How long a broken call is given to say why.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>The longest time that a server is asked to give an append; its own limit is shorter.</summary>
    public static readonly TimeSpan LongestDeadline = TimeSpan.FromMinutes(10);

    private const int FirstBackoffMilliseconds = 50;
    private const int LastBackoffMilliseconds = 5_000;

    /// <summary>How long to wait before the next attempt; doubles, with chance in it so that many clients don't come at once.</summary>
    public static TimeSpan Backoff(int attempt)
    {
        var limit = Math.Min(LastBackoffMilliseconds, FirstBackoffMilliseconds << Math.Min(attempt - 1, 10));
        return TimeSpan.FromMilliseconds(Random.Shared.Next(limit / 2, limit + 1));
    }
}
