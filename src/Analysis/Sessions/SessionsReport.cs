using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>Sessions of one period, or of all.</summary>
/// <param name="Period">First instant of the period.</param>
/// <param name="Sessions">Sessions that began in it.</param>
/// <param name="Bounces">Those with one page view and nothing else.</param>
/// <param name="Events">Their events.</param>
/// <param name="DurationMs">Sum of the times from first to last event, milliseconds.</param>
public sealed record SessionsPeriod(long Period, long Sessions, long Bounces, long Events, long DurationMs)
{
    /// <summary>Share of sessions that bounced; null without sessions.</summary>
    public double? BounceRate => Sessions == 0 ? null : (double)Bounces / Sessions;

    /// <summary>Mean duration in seconds; null without sessions.</summary>
    public double? AverageSeconds => Sessions == 0 ? null : DurationMs / 1000.0 / Sessions;

    /// <summary>Mean number of events; null without sessions.</summary>
    public double? EventsPerSession => Sessions == 0 ? null : (double)Events / Sessions;
}

/// <summary>Sessions that were entered or left on a page.</summary>
/// <param name="Page">The page.</param>
/// <param name="Sessions">Sessions.</param>
/// <param name="Bounces">Those with one page view and nothing else.</param>
public sealed record SessionsPage(string Page, long Sessions, long Bounces);

/// <summary>The answer to a question about sessions.</summary>
/// <param name="Interval">Length of a period.</param>
/// <param name="Periods">One row a period, oldest first.</param>
/// <param name="EntryPages">Pages that sessions of the range were entered on, the most frequent (then by text) first, at most <see cref="Limits.MaxShownValues"/>.</param>
/// <param name="ExitPages">Pages that they were left on.</param>
public sealed record SessionsReport(Period Interval, IReadOnlyList<SessionsPeriod> Periods, IReadOnlyList<SessionsPage> EntryPages, IReadOnlyList<SessionsPage> ExitPages)
{
    /// <summary>Whether stored cells answer a question: whole days, by an hour or more. Otherwise it is asked ad hoc.</summary>
    public static bool CanAnswer(SessionsQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        return query.Interval != Period.Minute && calendar.WithWeekStart(query.WeekStart).IsWhole(query.Interval, query.Range) && calendar.IsWhole(Period.Day, query.Range);
    }

    /// <summary>The cells that a report needs.</summary>
    public static IReadOnlyList<CellSelection> Selections(SessionsQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        var kind = (long)(query.Interval == Period.Hour ? Period.Hour : Period.Day);
        return
        [
            new CellSelection(SessionFold.Sessions, query.Range.From, query.Range.To, kind, kind),
            new CellSelection(SessionFold.Pages, query.Range.From, query.Range.To),
        ];
    }

    /// <summary>The report that stored cells hold.</summary>
    /// <param name="query">A question that <see cref="CanAnswer"/> allows.</param>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="cells">At least the cells of <see cref="Selections"/>.</param>
    /// <param name="revision">Revision whose cells count.</param>
    public static SessionsReport Build(SessionsQuery query, Calendar calendar, CellSet cells, long revision)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var sums = new SessionSums(query, calendar);
        var selections = Selections(query, calendar);
        foreach (var (key, measures) in cells.Rows)
        {
            if (key.Revision != revision) continue;
            if (selections[0].Matches(key))
                sums.Add(key.A, (long)measures[SessionFold.Count], (long)measures[SessionFold.Bounces], (long)measures[SessionFold.Events], (long)measures[SessionFold.Duration]);
            if (selections[1].Matches(key))
                sums.AddPage(key.B == SessionFold.Entry, key.Text, (long)measures[SessionFold.Count], (long)measures[SessionFold.Bounces]);
        }
        return sums.ToReport();
    }
}

/// <summary>Sessions summed by period and page.</summary>
internal sealed class SessionSums
{
    private readonly SessionsQuery query;
    private readonly Calendar calendar;
    private readonly IReadOnlyList<long> starts;
    private readonly SessionsPeriod[] periods;
    private readonly Dictionary<string, (long Sessions, long Bounces)> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Sessions, long Bounces)> exits = new(StringComparer.Ordinal);

    public SessionSums(SessionsQuery query, Calendar projectCalendar)
    {
        this.query = query;
        calendar = projectCalendar.WithWeekStart(query.WeekStart);
        starts = calendar.PeriodsOf(query.Interval, query.Range);
        periods = [.. starts.Select(start => new SessionsPeriod(start, 0, 0, 0, 0))];
    }

    public void Add(long at, long sessions, long bounces, long events, long duration)
    {
        ref var period = ref periods[calendar.IndexOf(query.Interval, at) - calendar.IndexOf(query.Interval, starts[0])];
        period = new SessionsPeriod(period.Period, period.Sessions + sessions, period.Bounces + bounces, period.Events + events, period.DurationMs + duration);
    }

    public void AddPage(bool isEntry, string page, long sessions, long bounces)
    {
        var pages = isEntry ? entries : exits;
        var (before, bounced) = pages.GetValueOrDefault(page);
        pages[page] = (before + sessions, bounced + bounces);
    }

    public void Merge(SessionSums other)
    {
        foreach (var period in other.periods) Add(period.Period, period.Sessions, period.Bounces, period.Events, period.DurationMs);
        foreach (var (page, (sessions, bounces)) in other.entries) AddPage(true, page, sessions, bounces);
        foreach (var (page, (sessions, bounces)) in other.exits) AddPage(false, page, sessions, bounces);
    }

    public SessionsReport ToReport() => new(query.Interval, [.. periods], Ranked(entries), Ranked(exits));

    private static List<SessionsPage> Ranked(Dictionary<string, (long Sessions, long Bounces)> pages) =>
    [
        .. pages.Where(pair => pair.Value.Sessions > 0).OrderByDescending(pair => pair.Value.Sessions).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(Limits.MaxShownValues).Select(pair => new SessionsPage(BreakdownKey.Labels(pair.Key)[0], pair.Value.Sessions, pair.Value.Bounces)),
    ];
}
