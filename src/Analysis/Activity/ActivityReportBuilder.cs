using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>Sums cells of activity into a number a period.</summary>
internal sealed class ActivityReportBuilder
{
    private readonly ActivityQuery query;
    private readonly Calendar calendar;
    private readonly IReadOnlyList<long> periods;
    private readonly long firstPeriod;
    private readonly long[] windowEnds;

    public ActivityReportBuilder(ActivityQuery query, Calendar projectCalendar)
    {
        this.query = query;
        calendar = projectCalendar.WithWeekStart(query.WeekStart);
        periods = calendar.PeriodsOf(query.Interval, query.Range);
        firstPeriod = calendar.IndexOf(query.Interval, query.Range.From);
        windowEnds = query.WindowDays == 0 ? [] : [.. periods.Select(start =>
            calendar.IndexOf(Period.Day, Math.Min(calendar.EndOf(query.Interval, start), query.Range.To)))];
    }

    /// <summary>The report of the cells of a revision: the total from those that one selection names, the values apart from those of another.</summary>
    public ActivityReport Build(CellSet cells, long revision, CellSelection total, CellSelection? apart, int measure)
    {
        var sums = new Sums(this);
        var byValue = new Dictionary<string, Sums>(StringComparer.Ordinal);
        foreach (var (key, measures) in cells.Rows)
        {
            if (key.Revision != revision) continue;
            if (total.Matches(key)) sums.Add(key, (long)measures[measure]);
            if (apart is null || !apart.Matches(key)) continue;
            if (!byValue.TryGetValue(key.Text, out var values)) byValue[key.Text] = values = new Sums(this);
            values.Add(key, (long)measures[measure]);
        }
        var all = sums.ToValues();
        var ranked = byValue.Select(pair => (pair.Key, Values: pair.Value.ToValues())).Where(pair => pair.Values.Any(value => value != 0))
            .OrderByDescending(pair => pair.Values.Sum()).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        return new ActivityReport(query.Measure, query.Interval, periods, all, all.Sum(),
            [.. ranked.Take(Limits.MaxShownValues).Select(pair => new ActivityBreakdown(query.ByName ? [pair.Key] : BreakdownKey.Labels(pair.Key), pair.Values, pair.Values.Sum()))],
            Math.Max(0, ranked.Count - Limits.MaxShownValues));
    }

    // One number a period; for trailing windows first one a day.
    private sealed class Sums
    {
        private readonly ActivityReportBuilder report;
        private readonly long[] counts;

        public Sums(ActivityReportBuilder report)
        {
            this.report = report;
            counts = new long[report.windowEnds.Length == 0 ? report.periods.Count : report.windowEnds[^1] - report.windowEnds[0] + 1];
        }

        public void Add(in CellKey key, long count)
        {
            if (report.windowEnds.Length > 0) AddToWindows(key, count);
            else AddAt(report.calendar.IndexOf(report.query.Interval, key.A) - report.firstPeriod, count);
        }

        public long[] ToValues() => report.windowEnds.Length == 0 ? counts : [.. report.windowEnds.Select(end => counts[end - report.windowEnds[0]])];

        // A person is counted on its first active day of a window: on the day whose gap reaches out of it.
        private void AddToWindows(in CellKey key, long count)
        {
            var window = report.query.WindowDays;
            var day = report.calendar.IndexOf(Period.Day, key.A) - report.windowEnds[0];
            var gap = key.C == ActivityCells.FirstEver ? ActivityCells.MaxDayGap : key.C;
            for (var end = Math.Max(day, day - gap + window); end < day + window; end++) AddAt(end, count);
        }

        private void AddAt(long index, long count)
        {
            if (index >= 0 && index < counts.Length) counts[index] += count;
        }
    }
}
