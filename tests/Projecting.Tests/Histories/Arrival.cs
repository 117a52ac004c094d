using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Projecting.Tests.Histories;

/// <summary>Other orders in which the same events may arrive without changing a number.</summary>
internal static class Arrival
{
    /// <summary>
    /// A random order that keeps the relative order of events of the same millisecond, of the repeats of a message, of the orders of an order id, of what is corrected and its
    /// corrections (an event has the times and order ids of its amendments, too), and of all that joins customers.
    /// </summary>
    public static IReadOnlyList<AnalyticsEvent> Shuffle(IReadOnlyList<AnalyticsEvent> events, Random random)
    {
        var left = Describe(events);
        var shuffled = new List<AnalyticsEvent>(events.Count);
        while (left.Count > 0)
        {
            var free = Enumerable.Range(0, left.Count).Where(i => !left.Take(i).Any(earlier => MustStayBefore(earlier, left[i]))).ToList();
            var next = free[random.Next(free.Count)];
            shuffled.Add(left[next].Event);
            left.RemoveAt(next);
        }
        return shuffled;
    }

    // An amendment of the very message decides: message ids are never shared by customers here.
    private static List<Described> Describe(IReadOnlyList<AnalyticsEvent> events) => [.. events.Select(e =>
    {
        var told = events.Where(other => other.Type == EventType.Amended && other.Corrects == e.MessageId).Append(e).ToList();
        return new Described(e, e.Corrects ?? e.MessageId, [.. told.Select(one => one.OccurredAt)], [.. told.Select(OrderOf).Where(order => order is not null).Select(order => order!)]);
    })];

    private static bool MustStayBefore(Described first, Described second) =>
        first.Times.Overlaps(second.Times)
        || first.About == second.About
        || first.Event.MessageId == second.About || first.About == second.Event.MessageId
        || (Joins(first.Event) && Joins(second.Event))
        || first.Orders.Overlaps(second.Orders);

    private static bool Joins(AnalyticsEvent e) => e.Type is EventType.Identify or EventType.Alias;

    private static string? OrderOf(AnalyticsEvent e) =>
        e.Name == "purchase_completed" ? e.Properties.Find(PropertyPath.Parse("properties.order_id")).Text : null;

    private sealed record Described(AnalyticsEvent Event, string About, HashSet<long> Times, HashSet<string> Orders);
}
