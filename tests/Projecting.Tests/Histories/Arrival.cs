using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Projecting.Tests.Histories;

/// <summary>Other orders in which the same events may arrive without changing a number.</summary>
internal static class Arrival
{
    /// <summary>
    /// A random order that keeps the relative order of events of the same millisecond, of the repeats of a message, of the orders of an order id, and of all that joins
    /// customers.
    /// </summary>
    public static IReadOnlyList<AnalyticsEvent> Shuffle(IReadOnlyList<AnalyticsEvent> events, Random random)
    {
        var shuffled = new List<AnalyticsEvent>(events.Count);
        var left = events.ToList();
        while (left.Count > 0)
        {
            var free = Enumerable.Range(0, left.Count).Where(i => !left.Take(i).Any(earlier => MustStayBefore(earlier, left[i]))).ToList();
            var next = free[random.Next(free.Count)];
            shuffled.Add(left[next]);
            left.RemoveAt(next);
        }
        return shuffled;
    }

    private static bool MustStayBefore(AnalyticsEvent first, AnalyticsEvent second) =>
        first.OccurredAt == second.OccurredAt
        || first.MessageId == second.MessageId
        || (Joins(first) && Joins(second))
        || (OrderOf(first) is { } order && order == OrderOf(second));

    private static bool Joins(AnalyticsEvent e) => e.Type is EventType.Identify or EventType.Alias;

    private static string? OrderOf(AnalyticsEvent e) =>
        e.Name == "purchase_completed" ? e.Properties.Find(PropertyPath.Parse("properties.order_id")).Text : null;
}
