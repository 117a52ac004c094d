using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>From what the log keeps to what folds read.</summary>
internal static class EventDecoder
{
    /// <summary>Decodes a recorded event; null if it lies in no customer's stream. An event that can't be read comes back with the reason.</summary>
    public static DecodedEvent? TryDecode(RecordedEvent recorded)
    {
        if (!StreamNames.TryParseCustomer(recorded.Stream, out var project, out var customer)) return null;
        try
        {
            return new DecodedEvent
            {
                ProjectId = project,
                Customer = customer,
                Position = recorded.Position.Commit,
                Revision = recorded.Revision,
                Event = StoredEventCodec.Decode(recorded.Data, recorded.Type, recorded.Position.Commit),
            };
        }
        catch (Exception error) when (error is FormatException or System.Text.Json.JsonException or InvalidOperationException)
        {
            return new DecodedEvent { ProjectId = project, Customer = customer, Position = recorded.Position.Commit, Revision = recorded.Revision, Unreadable = error.Message };
        }
    }

    /// <summary>Decodes a page.</summary>
    public static DecodedBatch Decode(LogPage page)
    {
        var events = new List<DecodedEvent>(page.Events.Count);
        foreach (var recorded in page.Events) if (TryDecode(recorded) is { } decoded) events.Add(decoded);
        long? recordedAt = page.Events.Count == 0 ? null : page.Events[^1].Created.ToUnixTimeMilliseconds();
        return new DecodedBatch(events, page.LastPosition!.Value, recordedAt) { Minutes = MinuteStarts.Of(page.Events) };
    }
}
