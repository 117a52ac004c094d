using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>
/// A question about activity answered from events: persons are added in any order, partial answers merged. Not safe for several threads; give each its
/// own and merge.
/// </summary>
public sealed class ActivityExploration
{
    private readonly ActivityQuery query;
    private readonly Calendar calendar;
    private readonly EventMatcher matcher;
    private readonly BreakdownKey? breakdown;
    private readonly Period counted;
    private readonly TimeRange range;
    private readonly CellSet cells = new(ActivityCells.Tables);
    private readonly Dictionary<string, long> lastByValue = new(StringComparer.Ordinal);

    /// <summary>An empty answer.</summary>
    /// <param name="query">The question; must be valid.</param>
    /// <param name="calendar">The project's calendar; the query's week start, if it has one, wins.</param>
    public ActivityExploration(ActivityQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        this.query = query;
        this.calendar = calendar.WithWeekStart(query.WeekStart);
        matcher = EventMatcher.For(query.Series, query.Filters);
        breakdown = query.Breakdown is null ? null : new BreakdownKey(query.Breakdown);
        counted = query.WindowDays > 0 ? Period.Day : query.Interval;
        range = query.WindowDays > 0 ? query.Range with { From = WindowStart() } : query.Range;
    }

    /// <summary>The event names the question looks at; null = all activity. Other events need not be passed in.</summary>
    public IReadOnlyCollection<string>? Names => matcher.Names;

    /// <summary>The instants it looks at: the range, and the days before it that trailing windows hold.</summary>
    public TimeRange Horizon => range;

    /// <summary>Adds a person's events of at least the horizon.</summary>
    public void Add(PersonHistory person)
    {
        ArgumentNullException.ThrowIfNull(person);
        var last = long.MinValue;
        lastByValue.Clear();
        foreach (ref readonly var e in person.Events.AsSpan())
        {
            if (!range.Contains(e.At) || !matcher.Matches(e)) continue;
            var period = calendar.IndexOf(counted, e.At);
            Count(ActivityCells.Total, "", period, ref last);
            if (ValueOf(e) is not { } value) continue;
            ref var lastOfValue = ref CollectionsMarshal.GetValueRefOrAddDefault(lastByValue, value, out var seen);
            if (!seen) lastOfValue = long.MinValue;
            Count(ActivityCells.ByName, value, period, ref lastOfValue);
        }
    }

    /// <summary>Adds what another exploration of the same question saw; its persons must be others.</summary>
    public void Merge(ActivityExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        cells.AddAll(other.cells);
    }

    /// <summary>The answer.</summary>
    public ActivityReport Build() => new ActivityReportBuilder(query, calendar)
        .Build(cells, 0, new CellSelection(ActivityCells.Total), query.ByName || breakdown is not null ? new CellSelection(ActivityCells.ByName) : null, measure: 0);

    private string? ValueOf(in PersonEvent e) => query.ByName ? e.Event.Name : breakdown?.Of(e);

    private void Count(short table, string value, long period, ref long last)
    {
        if (query.Measure != ActivityMeasure.Events && period == last) return;
        var gap = query.WindowDays == 0 ? 0 : last == long.MinValue ? ActivityCells.FirstEver : ActivityCells.GapOf(Period.Day, last, period);
        cells.Add(new CellKey(table, 0, calendar.StartAt(counted, period), (long)counted, gap, value), 0, 1);
        last = period;
    }

    private long WindowStart()
    {
        var first = calendar.IndexOf(Period.Day, Math.Min(calendar.EndOf(query.Interval, calendar.StartOf(query.Interval, query.Range.From)), query.Range.To));
        return calendar.StartAt(Period.Day, first - query.WindowDays + 1);
    }
}
