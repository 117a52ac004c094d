using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Stickiness;

/// <summary>The answer to a question about stickiness.</summary>
/// <param name="Interval">Length of a period.</param>
/// <param name="Periods">First instants of the range's periods.</param>
/// <param name="Counts">Element k - 1: persons active in exactly k periods; as many elements as periods.</param>
/// <param name="Total">Persons active in any.</param>
public sealed record StickinessReport(Period Interval, IReadOnlyList<long> Periods, IReadOnlyList<long> Counts, long Total)
{
    /// <summary>
    /// Whether the cells of <see cref="ActivityFold"/> answer a question: active days of one whole week, month or quarter, any activity, without filters.
    /// Numbers of other ranges are no sums of stored ones, so those are asked ad hoc.
    /// </summary>
    public static bool CanAnswer(StickinessQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.Interval == Period.Day && query.Series.Events.Count == 0 && query.Filters is null or [] && ScopeOf(query, calendar) is not null;
    }

    /// <summary>The cells of <see cref="ActivityFold"/> that a report needs.</summary>
    public static IReadOnlyList<CellSelection> Selections(StickinessQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        var scope = (long)(ScopeOf(query, calendar) ?? throw new ArgumentException("The range is no whole week, month or quarter.", nameof(query)));
        return [new CellSelection(ActivityCells.ActiveDays, query.Range.From, query.Range.From, scope, scope)];
    }

    /// <summary>The report that stored cells hold.</summary>
    /// <param name="query">A question that <see cref="CanAnswer"/> allows.</param>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="cells">At least the cells of <see cref="Selections"/>.</param>
    /// <param name="revision">Revision whose cells count.</param>
    public static StickinessReport Build(StickinessQuery query, Calendar calendar, CellSet cells, long revision)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var selection = Selections(query, calendar)[0];
        var periods = calendar.PeriodsOf(query.Interval, query.Range);
        var counts = new long[periods.Count];
        foreach (var (key, measures) in cells.Rows)
            if (key.Revision == revision && selection.Matches(key)) counts[key.C - 1] += (long)measures[0];
        return new StickinessReport(query.Interval, periods, counts, counts.Sum());
    }

    private static Period? ScopeOf(StickinessQuery query, Calendar calendar)
    {
        Period[] scopes = query.WeekStart is null || query.WeekStart == calendar.WeekStart ? [Period.Week, Period.Month, Period.Quarter] : [Period.Month, Period.Quarter];
        foreach (var scope in scopes)
            if (calendar.StartOf(scope, query.Range.From) == query.Range.From && calendar.EndOf(scope, query.Range.From) == query.Range.To) return scope;
        return null;
    }
}
