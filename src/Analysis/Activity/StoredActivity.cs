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
        if (query.WindowDays > 0)
        {
            var first = calendar.IndexOf(Period.Day, calendar.EndOf(query.Interval, query.Range.From)) - query.WindowDays + 1;
            return Apart(query, OfGaps(Period.Day, calendar.StartAt(Period.Day, first), query.Range.To, NameOf(query.Series)), ActivityCells.ByName);
        }
        if (query.Measure != ActivityMeasure.Events && query.Interval > Period.Day)
            return Apart(query, OfGaps(query.Interval, query.Range.From, query.Range.To, NameOf(query.Series)), ActivityCells.ByName);
        var kind = (long)(query.Interval == Period.Hour ? Period.Hour : Period.Day);
        var name = NameOf(query.Series);
        var events = new CellSelection(name is null ? ActivityCells.Events : ActivityCells.EventsByName, query.Range.From, query.Range.To, kind, kind, name);
        return Apart(query, events, ActivityCells.EventsByName);
    }

    /// <summary>Number of the measure that a question reads in the cells of its selections.</summary>
    internal static int MeasureOf(ActivityQuery query) => query.Measure is ActivityMeasure.Customers or ActivityMeasure.Dau && query.Interval <= Period.Day ? ActivityCells.CustomerCount : 0;

    internal static bool CanAnswer(EventSeries series, IReadOnlyList<Filter>? filters, Period interval, DayOfWeek? weekStart, TimeRange range, Calendar calendar) =>
        filters is null or [] && IsAnyOrNamed(series) && interval != Period.Minute
        && (interval != Period.Week || weekStart is null || weekStart == calendar.WeekStart) && calendar.IsWhole(interval, range);

    internal static CellSelection OfGaps(Period kind, long from, long to, string? name) =>
        new(name is null ? ActivityCells.Total : ActivityCells.ByName, from, to, (long)kind, (long)kind, name);

    private static IReadOnlyList<CellSelection> Apart(ActivityQuery query, CellSelection total, short byName) => query.ByName ? [total, total with { Table = byName }] : [total];

    /// <summary>The one event name of a series; null = any activity.</summary>
    internal static string? NameOf(EventSeries series) => series.Events.Count == 0 ? null : series.Events[0].Name;

    private static bool IsAnyOrNamed(EventSeries series) => series.Events.Count == 0 || (series.Events.Count == 1 && series.Events[0].Filters is null or []);
}
