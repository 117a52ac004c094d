using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Lifecycle;

/// <summary>The answer to a question about the lifecycle; one number a period in every list.</summary>
/// <param name="Interval">Length of a period.</param>
/// <param name="Periods">First instants of the periods, oldest first.</param>
/// <param name="New">Persons active for the first time.</param>
/// <param name="Returning">Persons active here and in the period before.</param>
/// <param name="Resurrecting">Persons active here and before, but not in the period before.</param>
/// <param name="Dormant">Persons active in the period before and not here; zero or negative.</param>
public sealed record LifecycleReport(
    Period Interval,
    IReadOnlyList<long> Periods,
    IReadOnlyList<long> New,
    IReadOnlyList<long> Returning,
    IReadOnlyList<long> Resurrecting,
    IReadOnlyList<long> Dormant)
{
    /// <summary>Whether the cells of <see cref="ActivityFold"/> answer a question: any activity or one event name, without filters, over whole periods from a day up.</summary>
    public static bool CanAnswer(LifecycleQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.Interval >= Period.Day && StoredActivity.CanAnswer(query.Series, query.Filters, query.Interval, query.WeekStart, query.Range, calendar);
    }

    /// <summary>The cells of <see cref="ActivityFold"/> that a report needs.</summary>
    public static IReadOnlyList<CellSelection> Selections(LifecycleQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        var before = calendar.Add(query.Interval, calendar.StartOf(query.Interval, query.Range.From), -1);
        return [StoredActivity.OfGaps(query.Interval, before, query.Range.To, StoredActivity.NameOf(query.Series))];
    }

    /// <summary>The report that stored cells hold.</summary>
    /// <param name="query">A question that <see cref="CanAnswer"/> allows.</param>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="cells">At least the cells of <see cref="Selections"/>.</param>
    /// <param name="revision">Revision whose cells count.</param>
    public static LifecycleReport Build(LifecycleQuery query, Calendar calendar, CellSet cells, long revision) =>
        Build(query, calendar, cells, revision, Selections(query, calendar)[0]);

    internal static LifecycleReport Build(LifecycleQuery query, Calendar calendar, CellSet cells, long revision, CellSelection selection)
    {
        calendar = calendar.WithWeekStart(query.WeekStart);
        var periods = calendar.PeriodsOf(query.Interval, query.Range);
        var before = calendar.IndexOf(query.Interval, query.Range.From) - 1;
        long[] fresh = new long[periods.Count + 1], returning = new long[periods.Count + 1], resurrecting = new long[periods.Count + 1];
        foreach (var (key, measures) in cells.Rows)
        {
            if (key.Revision != revision || !selection.Matches(key)) continue;
            var row = calendar.IndexOf(query.Interval, key.A) - before;
            if (row < 0 || row > periods.Count) continue;
            var kind = key.C switch { ActivityCells.FirstEver => fresh, ActivityCells.Previous => returning, _ => resurrecting };
            kind[row] += (long)measures[0];
        }
        var dormant = new long[periods.Count];
        for (var i = 0; i < dormant.Length; i++) dormant[i] = returning[i + 1] - fresh[i] - returning[i] - resurrecting[i];
        return new LifecycleReport(query.Interval, periods, fresh[1..], returning[1..], resurrecting[1..], dormant);
    }
}
