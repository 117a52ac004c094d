namespace EventSourcedAnalytics.Ingestion;

/// <summary>When a message happened, in milliseconds since the Unix epoch.</summary>
internal static class EventTime
{
    /// <summary>
    /// A live message: the sender's clock may be wrong, but the time between happening and sending is right by the same clock, so both stamps together give the true
    /// time. Without both: the time as given, else the time of arrival.
    /// </summary>
    public static long OfLive(Message message, long receivedAt) =>
        message is { SentAt: { } sent, OriginalTimestamp: { } original } ? receivedAt - (sent - original)
        : message.Timestamp ?? message.OriginalTimestamp ?? receivedAt;

    /// <summary>An imported message: the time as given. Nothing is corrected, because it was sent long ago.</summary>
    public static long OfImported(Message message, long receivedAt) => message.Timestamp ?? message.OriginalTimestamp ?? receivedAt;
}
