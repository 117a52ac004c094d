namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>
/// What is said later about a customer's activity. A correction lies behind its event in the customer's stream and names it by its message id; it holds from its own position on.
/// A voided event never happened. An amended one happened as its last amendment tells, and keeps its place in the log; once voided, nothing brings it back. Its message id stays used:
/// the same message sent again is a duplicate still.
/// </summary>
public static class Corrections
{
    /// <summary>The events of some customers as they are corrected.</summary>
    /// <param name="events">All their events up to some position without duplicates, corrections included, in any order.</param>
    /// <returns>The events that hold, without the corrections; the same list if there are none.</returns>
    public static List<AnalyticsEvent> Apply(List<AnalyticsEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (!events.Exists(static e => e.IsCorrection)) return events;
        var corrections = events.Where(static e => e.IsCorrection).ToLookup(static e => (e.Customer, e.Corrects!));
        var holding = new List<AnalyticsEvent>(events.Count);
        foreach (var e in events)
            if (!e.IsCorrection && Hold(e, corrections[(e.Customer, e.MessageId)]) is { } corrected) holding.Add(corrected);
        return holding;
    }

    /// <summary>What holds of one event.</summary>
    /// <param name="e">The event.</param>
    /// <param name="corrections">All corrections that name it, in any order.</param>
    /// <returns>Null if it never happened.</returns>
    public static AnalyticsEvent? Hold(AnalyticsEvent e, IEnumerable<AnalyticsEvent> corrections)
    {
        ArgumentNullException.ThrowIfNull(e);
        ArgumentNullException.ThrowIfNull(corrections);
        if (!e.IsActivity) return e;
        AnalyticsEvent? last = null;
        foreach (var correction in corrections)
        {
            if (correction.Position < e.Position) continue;
            if (correction.Type == EventType.Voided) return null;
            if (last is null || correction.Position > last.Position) last = correction;
        }
        return last is null ? e : e.AmendedBy(last);
    }
}
