using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Benchmarks.Generated;

/// <summary>Generated events in a log, as the front door would have appended them.</summary>
internal static class ShopLog
{
    private const int EventsPerCall = 2_000;
    private const int CallsInFlight = 4;

    /// <summary>Appends events in their order; gives the position of the last.</summary>
    public static async Task<LogPosition> AppendAsync(IEventLog log, Project project, IEnumerable<AnalyticsEvent> events)
    {
        var (open, last) = (new Queue<Task<IReadOnlyList<AppendResult>>>(), LogPosition.At(0));
        foreach (var chunk in events.Chunk(EventsPerCall))
        {
            open.Enqueue(log.AppendManyAsync([.. chunk.Select(e => AppendOf(project, e))], default).AsTask());
            if (open.Count == CallsInFlight) last = LastOf(await open.Dequeue());
        }
        while (open.TryDequeue(out var call)) last = LastOf(await call);
        return last;
    }

    private static StreamAppend AppendOf(Project project, AnalyticsEvent e)
    {
        var key = CustomerKeys.Of(project.CustomerSecret, e.Customer);
        var stored = new EventToAppend(EventIds.Of(key, e.MessageId), EventTypes.NameOf(e.Type), StoredEventCodec.Encode(e));
        return new StreamAppend(StreamNames.Customer(project.Id, key), ExpectedRevision.Any, [stored]);
    }

    private static LogPosition LastOf(IReadOnlyList<AppendResult> results) =>
        results[^1] is AppendResult.Appended appended ? appended.Position : throw new InvalidOperationException($"The log did not take an event: {results[^1]}");
}
