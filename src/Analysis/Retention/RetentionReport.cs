using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>One cell of a report.</summary>
/// <param name="Interval">Periods since the cohort's.</param>
/// <param name="Period">First instant of the period it counts.</param>
/// <param name="Amount">Exact: customers, events, minor units of money, or 10^-9 of a summed property.</param>
/// <param name="Count">Values summed in <paramref name="Amount"/>, for sums, averages and revenue; else the amount itself.</param>
/// <param name="Value">The number to show: customers, events, sum, average or minor units; null for an average of nothing.</param>
/// <param name="OfFirst">Share of interval 0's value; null if that is 0.</param>
/// <param name="OfPrevious">Share of the previous interval's value; null in interval 0 or if that is 0.</param>
public sealed record RetentionCell(int Interval, long Period, Int128 Amount, long Count, double? Value, double? OfFirst, double? OfPrevious);

/// <summary>One cohort.</summary>
/// <param name="Cohort">First instant of the cohort's period.</param>
/// <param name="Size">Its members.</param>
/// <param name="Cells">Intervals 0, 1, ... as far as the range reaches.</param>
public sealed record RetentionRow(long Cohort, long Size, IReadOnlyList<RetentionCell> Cells);

/// <summary>A matrix of cohorts by interval, of all members or of one breakdown value.</summary>
/// <param name="Value">The breakdown value, one label a property; empty for all members.</param>
/// <param name="Currency">Currency of the amounts, for revenue; else null.</param>
/// <param name="Rows">Oldest cohort first.</param>
/// <param name="Mean">
/// Per interval: sum of amounts / sum of sizes of the rows that have it (for an average: / values summed); null where nobody is. Amounts in the unit of <see cref="RetentionCell.Value"/>.
/// </param>
public sealed record RetentionMatrix(IReadOnlyList<string> Value, string? Currency, IReadOnlyList<RetentionRow> Rows, IReadOnlyList<double?> Mean);

/// <summary>The answer to a retention question.</summary>
/// <param name="Period">Length of cohorts and intervals.</param>
/// <param name="Counts">What the cells count.</param>
/// <param name="Intervals">Columns.</param>
/// <param name="Cohorts">First instants of the cohorts' periods, oldest first.</param>
/// <param name="Totals">All members: one matrix, or one a currency.</param>
/// <param name="Breakdowns">By value, the largest (sum of sizes, then text) first; per value one matrix, or one a currency.</param>
/// <param name="OmittedValues">Breakdown values left out beyond <see cref="Limits.MaxShownValues"/>.</param>
public sealed record RetentionReport(
    Period Period,
    RetentionValue Counts,
    int Intervals,
    IReadOnlyList<long> Cohorts,
    IReadOnlyList<RetentionMatrix> Totals,
    IReadOnlyList<RetentionMatrix> Breakdowns,
    int OmittedValues)
{
    /// <summary>The report that cells hold.</summary>
    /// <param name="query">The question, with a range; for stored cells whole periods (<see cref="RetentionFold.CanAnswer"/>).</param>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="cells">At least the cells of <see cref="RetentionFold.Selections"/>.</param>
    /// <param name="revision">Revision whose cells count.</param>
    public static RetentionReport Build(RetentionQuery query, Calendar calendar, CellSet cells, long revision) =>
        new RetentionReportBuilder(query, calendar, revision).Build(cells);

    /// <summary>The calendar of a question: the project's, with the week start the question asks for.</summary>
    internal static Calendar CalendarOf(RetentionQuery query, Calendar calendar) => calendar.WithWeekStart(query.WeekStart);

    /// <summary>Starts of the cohorts and number of intervals.</summary>
    internal static (IReadOnlyList<long> Cohorts, int Intervals) Shape(RetentionQuery query, Calendar calendar)
    {
        var range = query.Range ?? throw new ArgumentException("A retention question needs a range.", nameof(query));
        var cohorts = CalendarOf(query, calendar).PeriodsOf(query.Period, range);
        return (cohorts, Math.Max(1, query.IntervalsOver(cohorts.Count)));
    }
}
