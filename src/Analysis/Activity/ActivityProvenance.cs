using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>The persons behind one number of an activity report: asked person by person, in any order.</summary>
public sealed class ActivityProvenance
{
    private readonly ActivityQuery query;
    private readonly EventMatcher matcher;
    private readonly BreakdownKey? breakdown;
    private readonly string? value;
    private readonly TimeRange window;

    /// <summary>A search.</summary>
    /// <param name="query">The question; must be valid.</param>
    /// <param name="calendar">The project's calendar; the query's week start, if it has one, wins.</param>
    /// <param name="period">An instant of the number's period.</param>
    /// <param name="value">Its breakdown value, or event name; null = all.</param>
    public ActivityProvenance(ActivityQuery query, Calendar calendar, long period, IReadOnlyList<string>? value = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        this.query = query;
        matcher = EventMatcher.For(query.Series, query.Filters);
        breakdown = query.Breakdown is null ? null : new BreakdownKey(query.Breakdown);
        this.value = value is null ? null : query.ByName ? string.Concat(value) : BreakdownKey.From(value);
        window = WindowOf(query, calendar.WithWeekStart(query.WeekStart), period);
    }

    /// <summary>The events that make the person count; empty if it doesn't.</summary>
    public IReadOnlyList<PersonEvent> Find(PersonHistory person)
    {
        ArgumentNullException.ThrowIfNull(person);
        var events = new List<PersonEvent>();
        foreach (ref readonly var e in person.Events.AsSpan())
            if (window.Contains(e.At) && matcher.Matches(e) && (value is null || ValueOf(e) == value)) events.Add(e);
        return events;
    }

    private string? ValueOf(in PersonEvent e) => query.ByName ? e.Event.Name : breakdown?.Of(e);

    // The trailing windows end with the last day of the period, and reach back before the range.
    private static TimeRange WindowOf(ActivityQuery query, Calendar calendar, long period)
    {
        var start = calendar.StartOf(query.Interval, period);
        var to = Math.Min(calendar.EndOf(query.Interval, start), query.Range.To);
        if (query.WindowDays == 0) return new TimeRange(Math.Max(start, query.Range.From), to);
        return new TimeRange(calendar.StartAt(Period.Day, calendar.IndexOf(Period.Day, to) - query.WindowDays + 1), to);
    }
}
