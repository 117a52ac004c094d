using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Stickiness;

/// <summary>
/// A question about stickiness answered from events: persons are added in any order, partial answers merged. Not safe for several threads; give each its
/// own and merge.
/// </summary>
public sealed class StickinessExploration
{
    private readonly StickinessQuery query;
    private readonly Calendar calendar;
    private readonly EventMatcher matcher;
    private readonly IReadOnlyList<long> periods;
    private readonly long[] counts;

    /// <summary>An empty answer.</summary>
    /// <param name="query">The question; must be valid.</param>
    /// <param name="calendar">The project's calendar; the query's week start, if it has one, wins.</param>
    public StickinessExploration(StickinessQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        this.query = query;
        this.calendar = calendar.WithWeekStart(query.WeekStart);
        matcher = EventMatcher.For(query.Series, query.Filters);
        periods = this.calendar.PeriodsOf(query.Interval, query.Range);
        counts = new long[periods.Count];
    }

    /// <summary>The event names the question looks at; null = all activity. Other events need not be passed in.</summary>
    public IReadOnlyCollection<string>? Names => matcher.Names;

    /// <summary>Adds a person's events of at least the range.</summary>
    public void Add(PersonHistory person)
    {
        var active = CountOf(person);
        if (active > 0) counts[active - 1]++;
    }

    /// <summary>In how many periods a person was active. Tells the persons behind a number.</summary>
    public int CountOf(PersonHistory person)
    {
        ArgumentNullException.ThrowIfNull(person);
        var active = 0;
        var last = long.MinValue;
        foreach (ref readonly var e in person.Events.AsSpan())
        {
            if (!query.Range.Contains(e.At) || !matcher.Matches(e)) continue;
            var period = calendar.IndexOf(query.Interval, e.At);
            if (period == last) continue;
            last = period;
            active++;
        }
        return active;
    }

    /// <summary>The events that made a person active.</summary>
    public IReadOnlyList<PersonEvent> EventsOf(PersonHistory person)
    {
        ArgumentNullException.ThrowIfNull(person);
        return Array.FindAll(person.Events, e => query.Range.Contains(e.At) && matcher.Matches(e));
    }

    /// <summary>Adds what another exploration of the same question saw; its persons must be others.</summary>
    public void Merge(StickinessExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < counts.Length; i++) counts[i] += other.counts[i];
    }

    /// <summary>The answer.</summary>
    public StickinessReport Build() => new(query.Interval, periods, [.. counts], counts.Sum());
}
