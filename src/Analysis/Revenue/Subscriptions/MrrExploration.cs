using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>MRR movements of a bounded range, person by person. Not safe for threads: take one each and <see cref="Merge"/> them.</summary>
public sealed class MrrExploration
{
    private readonly SubscriptionEvents events;
    private readonly MrrQuery query;
    private readonly MrrSums sums;
    private readonly MrrTimeline timeline = new();

    /// <summary>An exploration without persons.</summary>
    /// <exception cref="ArgumentException">The settings or the query are not valid, or the range holds too many periods.</exception>
    public MrrExploration(RevenueSettings settings, Calendar calendar, MrrQuery query)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(query);
        if (query.Validate() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(query));
        events = new SubscriptionEvents(settings);
        this.query = query;
        sums = new MrrSums(calendar.WithWeekStart(query.WeekStart).PeriodsOf(query.Interval, query.Range));
    }

    /// <summary>Adds a person that was not added before, with all of its history: what lies before the range decides what it opens with.</summary>
    public void Add(PersonHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        sums.Unreadable += timeline.Replay(events, history, query.Range);
        foreach (var lane in timeline.Lanes) if (lane.Values.Count > 0) Move(lane);
    }

    /// <summary>Adds the persons of another exploration of the same question.</summary>
    public void Merge(MrrExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        sums.Add(other.sums);
    }

    /// <summary>The report over the persons added so far.</summary>
    public MrrReport Build() => sums.ToReport(query);

    private void Move(MrrTimeline.Lane lane)
    {
        var values = lane.Values;
        var paidFrom = long.MaxValue;
        Int128 opening = 0;
        var i = 0;
        for (; i < values.Count && values[i].At < query.Range.From; i++) Step(values[i]);
        if (opening != 0) sums.Of(lane.Currency.Code, -1).Add(MrrMovementKind.New, opening, 1);
        while (i < values.Count)
        {
            var period = sums.IndexOf(values[i].At);
            var (before, paidBefore) = (opening, paidFrom != long.MaxValue);
            for (; i < values.Count && sums.IndexOf(values[i].At) == period; i++) Step(values[i]);
            var movement = MrrMovement.Of(before, opening, paidBefore);
            if (movement.Kind != MrrMovementKind.None) sums.Of(lane.Currency.Code, period).Add(movement.Kind, movement.Twelfths, 1);
        }

        // A value holds until the next change, which is later: so each value above zero was paid over a stretch of time.
        void Step((long At, Int128 Twelfths) value)
        {
            opening = value.Twelfths;
            if (opening > 0 && paidFrom == long.MaxValue) paidFrom = value.At;
        }
    }
}
