using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>From what the log keeps to what folds read.</summary>
internal static class EventDecoder
{
    /// <summary>Decodes a recorded event; null if it lies in no customer's stream. An event that can't be read comes back with the reason.</summary>
    public static DecodedEvent? TryDecode(RecordedEvent recorded) => TryDecode(recorded, hashes: false);

    /// <summary>Decodes a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="hashes">True to hash the messages, while their bytes are at hand.</param>
    public static DecodedBatch Decode(LogPage page, bool hashes = false)
    {
        var events = new List<DecodedEvent>(page.Events.Count);
        var minutes = new PageMinutes();
        RecordedEvent? before = null;
        foreach (var recorded in page.Events)
        {
            minutes.Take(recorded, before);
            if (TryDecode(recorded, hashes) is { } decoded) events.Add(decoded);
            before = recorded;
        }
        long? recordedAt = page.Events.Count == 0 ? null : page.Events[^1].Created.ToUnixTimeMilliseconds();
        return new DecodedBatch(events, page.LastPosition!.Value, recordedAt) { Minutes = minutes.Starts, Memory = page.Memory };
    }

    private static DecodedEvent? TryDecode(RecordedEvent recorded, bool hashes)
    {
        if (!TryParseCustomer(recorded, out var project, out var customer)) return null;
        var position = recorded.Position.Commit;
        var e = TryDecode(recorded.Data, recorded.Type, position, out var unreadable);
        return new DecodedEvent
        {
            ProjectId = project, Customer = customer, Position = position, Revision = recorded.Revision, Event = e, Unreadable = unreadable,
            MessageHash = hashes && e is not null ? MessageHash.Of(customer, e) : default,
        };
    }

    /// <summary>Decodes an event of a customer's stream.</summary>
    /// <param name="data">The stored form.</param>
    /// <param name="type">Its type in the log.</param>
    /// <param name="position">The log position.</param>
    /// <param name="unreadable">Why it can't be read; null = it can.</param>
    /// <returns>Null if it can't be read.</returns>
    public static AnalyticsEvent? TryDecode(ReadOnlyMemory<byte> data, string type, long position, out string? unreadable)
    {
        unreadable = null;
        try
        {
            return StoredEventCodec.Decode(data, type, position);
        }
        catch (Exception error) when (error is FormatException or System.Text.Json.JsonException or InvalidOperationException)
        {
            unreadable = error.Message;
            return null;
        }
    }

    /// <summary>Whose an event is.</summary>
    /// <returns>False if it lies in no customer's stream.</returns>
    public static bool TryParseCustomer(RecordedEvent recorded, out string project, out CustomerKey customer)
    {
        var stream = recorded.StreamUtf8;
        return stream.IsEmpty
            ? StreamNames.TryParseCustomer(recorded.Stream, out project, out customer)
            : StreamNames.TryParseCustomer(stream, out project, out customer);
    }
}
