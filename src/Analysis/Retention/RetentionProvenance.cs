using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>A member of a cohort, with the events that made it one.</summary>
/// <param name="Id">The person.</param>
/// <param name="Start">The event that put it into the cohort.</param>
/// <param name="Returns">Its return events of the interval (ON_OR_AFTER: of the first period that counts for it).</param>
/// <param name="HasReturned">Whether the cell counts it; interval 0 counts every member.</param>
public sealed record RetentionMember(string Id, PersonEvent Start, IReadOnlyList<PersonEvent> Returns, bool HasReturned);

/// <summary>The persons behind one cell of a report: asked person by person, in any order.</summary>
public sealed class RetentionProvenance
{
    private readonly RetentionQuery query;
    private readonly Calendar calendar;
    private readonly TimeRange range;
    private readonly long cohort;
    private readonly int interval;
    private readonly long lastPeriod;
    private readonly string? value;
    private readonly EventMatcher start;
    private readonly EventMatcher returning;
    private readonly EventMatcher deciding;
    private readonly BreakdownKey? breakdown;

    /// <summary>A search.</summary>
    /// <param name="query">The question, with a range.</param>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="cohort">First instant of the cohort's period.</param>
    /// <param name="interval">The cell's interval.</param>
    /// <param name="value">Its breakdown value; null = all members.</param>
    public RetentionProvenance(RetentionQuery query, Calendar calendar, long cohort, int interval, IReadOnlyList<string>? value = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        this.query = query;
        this.interval = interval;
        this.calendar = RetentionReport.CalendarOf(query, calendar);
        var (_, intervals) = RetentionReport.Shape(query, calendar);
        range = query.Range!.Value;
        this.cohort = this.calendar.IndexOf(query.Period, cohort);
        lastPeriod = this.cohort + (query.OnOrAfter ? intervals - 1 : interval);
        start = EventMatcher.For(query.Start, query.Filters);
        returning = EventMatcher.For(query.Return, query.Filters);
        deciding = query.Mode == RetentionMode.FirstEver ? EventMatcher.For(query.Start.WithoutFilters(), query.Filters) : start;
        if (value is null || query.Breakdown is null) return;
        breakdown = new BreakdownKey(query.Breakdown);
        this.value = BreakdownKey.From(value);
    }

    /// <summary>The person as a member of the cohort; null if it is none.</summary>
    public RetentionMember? Find(PersonHistory person)
    {
        ArgumentNullException.ThrowIfNull(person);
        if (FindStart(person) is not { } entry) return null;
        var returns = new List<PersonEvent>();
        var period = long.MinValue;
        foreach (var e in person.Events)
        {
            if (!range.Contains(e.At) || !returning.Matches(e) || (query.Mode == RetentionMode.Recurring && !HasValue(e))) continue;
            var at = calendar.IndexOf(query.Period, e.At);
            if (at < cohort + interval || at > lastPeriod) continue;
            if (at != period && returns.Count >= query.MinimumOccurrences) break;
            if (at != period) returns.Clear();
            period = at;
            returns.Add(e);
        }
        var enough = returns.Count >= query.MinimumOccurrences;
        return new RetentionMember(person.Id, entry, enough ? returns : [], enough || interval == 0);
    }

    private PersonEvent? FindStart(PersonHistory person)
    {
        foreach (var e in person.Events)
        {
            if (!deciding.Matches(e)) continue;
            var isStart = start.Matches(e) && range.Contains(e.At) && calendar.IndexOf(query.Period, e.At) == cohort && HasValue(e);
            if (isStart) return e;
            if (query.Mode != RetentionMode.Recurring) return null;
        }
        return null;
    }

    private bool HasValue(in PersonEvent e) => breakdown is null || breakdown.Of(e) == value;
}
