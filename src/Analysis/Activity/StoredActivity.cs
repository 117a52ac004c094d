using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>Which questions the cells of <see cref="ActivityFold"/> answer, and from which of them.</summary>
public static class StoredActivity
{
    /// <summary>Whether the cells answer a question: any activity or one event name, without filters, over whole periods from an hour up (trailing windows: whole days). Otherwise it is asked ad hoc.</summary>
    public static bool CanAnswer(ActivityQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        return query.Breakdown is null && (!query.ByName || query.Series.Events.Count == 0)
            && (query.WindowDays == 0 || calendar.IsWhole(Period.Day, query.Range))
            && CanAnswer(query.Series, query.Filters, query.Interval, query.WeekStart, query.Range, calendar);
    }

    /// <summary>The cells that a report needs.</summary>
    public static IReadOnlyList<CellSelection> Selections(ActivityQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        var from = calendar.StartOf(query.Interval, query.Range.From);
        var isEvents = query.Measure == ActivityMeasure.Events;
        var kind = isEvents && query.Interval > Period.Day ? Period.Day : query.WindowDays > 0 ? Period.Day : query.Interval;
        if (query.WindowDays > 0) from = calendar.Add(Period.Day, calendar.StartOf(Period.Day, from), 1 - query.WindowDays);
        var selection = Select(isEvents, kind, from, query.Range.To, NameOf(query.Series));
        return query.ByName ? [selection, selection with { Table = isEvents ? ActivityCells.EventsByName : ActivityCells.ByName }] : [selection];
    }

    internal static bool CanAnswer(EventSeries series, IReadOnlyList<Filter>? filters, Period interval, DayOfWeek? weekStart, TimeRange range, Calendar calendar) =>
        filters is null or [] && IsAnyOrNamed(series) && interval != Period.Minute
        && (interval != Period.Week || weekStart is null || weekStart == calendar.WeekStart) && calendar.IsWhole(interval, range);

    internal static CellSelection Select(bool events, Period kind, long from, long to, string? name) => name is null
        ? new CellSelection(events ? ActivityCells.Events : ActivityCells.Total, from, to, (long)kind, (long)kind)
        : new CellSelection(events ? ActivityCells.EventsByName : ActivityCells.ByName, from, to, (long)kind, (long)kind, name);

    /// <summary>The one event name of a series; null = any activity.</summary>
    internal static string? NameOf(EventSeries series) => series.Events.Count == 0 ? null : series.Events[0].Name;

    private static bool IsAnyOrNamed(EventSeries series) => series.Events.Count == 0 || (series.Events.Count == 1 && series.Events[0].Filters is null or []);
}
