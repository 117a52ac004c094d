using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>Numbers of one breakdown value (or event name).</summary>
/// <param name="Value">The value, one label a property; or the name.</param>
/// <param name="Values">One number a period.</param>
/// <param name="Total">Sum of the numbers.</param>
public sealed record ActivityBreakdown(IReadOnlyList<string> Value, IReadOnlyList<long> Values, long Total);

/// <summary>The answer to a question about activity.</summary>
/// <param name="Measure">What is counted.</param>
/// <param name="Interval">Length of a period.</param>
/// <param name="Periods">First instants of the periods, oldest first.</param>
/// <param name="Values">One number a period.</param>
/// <param name="Total">Sum of the numbers (persons of several periods count several times).</param>
/// <param name="Breakdowns">By value, the largest total (then text) first.</param>
/// <param name="OmittedValues">Values left out beyond <see cref="Limits.MaxShownValues"/>.</param>
public sealed record ActivityReport(
    ActivityMeasure Measure,
    Period Interval,
    IReadOnlyList<long> Periods,
    IReadOnlyList<long> Values,
    long Total,
    IReadOnlyList<ActivityBreakdown> Breakdowns,
    int OmittedValues)
{
    /// <summary>The report that stored cells hold.</summary>
    /// <param name="query">A question that <see cref="StoredActivity.CanAnswer(ActivityQuery, Calendar)"/> allows.</param>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="cells">At least the cells of <see cref="StoredActivity.Selections(ActivityQuery, Calendar)"/>.</param>
    /// <param name="revision">Revision whose cells count.</param>
    public static ActivityReport Build(ActivityQuery query, Calendar calendar, CellSet cells, long revision)
    {
        var selections = StoredActivity.Selections(query, calendar);
        return new ActivityReportBuilder(query, calendar).Build(cells, revision, selections[0], selections.Count > 1 ? selections[1] : null, StoredActivity.MeasureOf(query));
    }
}
