using System.Text;

namespace EventSourcedAnalytics.EventLog.Tests;

/// <summary>Makes events for tests.</summary>
public static class Events
{
    public static EventToAppend One(string body = "{}", string type = "track") => new(Guid.NewGuid(), type, Encoding.UTF8.GetBytes(body));

    public static EventToAppend[] Many(int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i => One($$"""{"n":{{i}}}"""))];

    public static string Body(this RecordedEvent e) => Encoding.UTF8.GetString(e.Data.Span);

    public static Guid[] Ids(this IEnumerable<EventToAppend> events) => [.. events.Select(e => e.EventId)];

    public static Guid[] Ids(this IEnumerable<RecordedEvent> events) => [.. events.Select(e => e.EventId)];
}
