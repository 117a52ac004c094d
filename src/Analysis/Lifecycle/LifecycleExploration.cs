using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Lifecycle;

/// <summary>
/// A question about the lifecycle answered from events: persons are added in any order, partial answers merged. Not safe for several threads; give each its
/// own and merge.
/// </summary>
public sealed class LifecycleExploration
{
    private readonly LifecycleQuery query;
    private readonly Calendar calendar;
    private readonly EventMatcher matcher;
    private readonly long firstPeriod;
    private readonly CellSet cells = new(ActivityCells.Tables);

    /// <summary>An empty answer.</summary>
    /// <param name="query">The question; must be valid.</param>
    /// <param name="calendar">The project's calendar; the query's week start, if it has one, wins.</param>
    public LifecycleExploration(LifecycleQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        this.query = query;
        this.calendar = calendar.WithWeekStart(query.WeekStart);
        matcher = EventMatcher.For(query.Series, query.Filters);
        firstPeriod = this.calendar.IndexOf(query.Interval, query.Range.From);
    }

    /// <summary>The event names the question looks at; null = all activity. Other events need not be passed in.</summary>
    public IReadOnlyCollection<string>? Names => matcher.Names;

    /// <summary>Adds a person with all its history, or all up to the range's end.</summary>
    public void Add(PersonHistory person)
    {
        ArgumentNullException.ThrowIfNull(person);
        var isSeen = false;
        var last = long.MinValue;
        foreach (ref readonly var e in person.Events.AsSpan())
        {
            if (e.At > query.Range.To) break;
            if (!matcher.Matches(e)) continue;
            var isFirst = !isSeen;
            isSeen = true;
            var period = calendar.IndexOf(query.Interval, e.At);
            if (period == last || period < firstPeriod - 1 || (period == firstPeriod && e.At < query.Range.From)) continue;
            var gap = isFirst ? ActivityCells.FirstEver : last == period - 1 ? ActivityCells.Previous : ActivityCells.MaxGap;
            cells.Add(new CellKey(ActivityCells.Total, 0, calendar.StartAt(query.Interval, period), (long)query.Interval, gap), 0, 1);
            last = period;
        }
    }

    /// <summary>Adds what another exploration of the same question saw; its persons must be others.</summary>
    public void Merge(LifecycleExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        cells.AddAll(other.cells);
    }

    /// <summary>What one person is to each period of the range; null where it is nothing. Tells the persons behind a number.</summary>
    public IReadOnlyList<LifecycleStatus?> StatusOf(PersonHistory person)
    {
        var alone = new LifecycleExploration(query, calendar);
        alone.Add(person);
        var report = alone.Build();
        return [.. report.Periods.Select((_, i) => (LifecycleStatus?)(
            report.New[i] > 0 ? LifecycleStatus.New
            : report.Returning[i] > 0 ? LifecycleStatus.Returning
            : report.Resurrecting[i] > 0 ? LifecycleStatus.Resurrecting
            : report.Dormant[i] < 0 ? LifecycleStatus.Dormant : null))];
    }

    /// <summary>The events that decide what one person is to a period: those of the period and of the one before.</summary>
    public IReadOnlyList<PersonEvent> EventsOf(PersonHistory person, long period)
    {
        ArgumentNullException.ThrowIfNull(person);
        var index = calendar.IndexOf(query.Interval, period);
        var (from, to) = (calendar.StartAt(query.Interval, index - 1), Math.Min(calendar.StartAt(query.Interval, index + 1) - 1, query.Range.To));
        var events = new List<PersonEvent>();
        foreach (ref readonly var e in person.Events.AsSpan())
        {
            if (e.At < from || e.At > to || !matcher.Matches(e)) continue;
            if (e.At >= query.Range.From || calendar.IndexOf(query.Interval, e.At) < firstPeriod) events.Add(e);
        }
        return events;
    }

    /// <summary>The answer.</summary>
    public LifecycleReport Build() => LifecycleReport.Build(query, calendar, cells, 0, new CellSelection(ActivityCells.Total));
}
