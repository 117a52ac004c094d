using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Retention;

/// <summary>Retention by its definition: for every cohort, interval and person, look at all events.</summary>
internal sealed class NaiveRetention(RetentionQuery query, Calendar calendar, IReadOnlyList<PersonHistory> persons)
{
    private readonly EventMatcher start = EventMatcher.For(query.Start, query.Filters);
    private readonly EventMatcher returning = EventMatcher.For(query.Return, query.Filters);

    /// <summary>Size of a cohort, of everybody or of one breakdown value.</summary>
    public int Size(long cohort, string? value) => persons.Count(person => IsMember(person, cohort, value));

    /// <summary>Sum and number of values of a cell.</summary>
    public (Int128 Amount, long Count) Cell(IReadOnlyList<long> cohorts, int row, int interval, int intervals, string? value)
    {
        var members = persons.Where(person => IsMember(person, cohorts[row], value)).ToList();
        if (query.Value == RetentionValue.Customers)
        {
            if (interval == 0) return (members.Count, members.Count);
            var last = query.OnOrAfter ? Math.Min(cohorts.Count - 1, row + intervals - 1) : row + interval;
            var returned = members.Count(person => Enumerable.Range(row + interval, last - row - interval + 1)
                .Any(period => Returns(person, cohorts[period], value).Count() >= query.MinimumOccurrences));
            return (returned, returned);
        }
        var events = members.SelectMany(person => Returns(person, cohorts[row + interval], value)).ToList();
        if (query.Value == RetentionValue.Events) return (events.Count, events.Count);
        var numbers = events.Select(e => e.Find(PropertyPath.Parse(query.Property!))).Where(found => found.Kind == PropertyKind.Number).ToList();
        return (numbers.Aggregate((Int128)0, (sum, number) => sum + number.Number.Units), numbers.Count);
    }

    private bool IsMember(PersonHistory person, long cohort, string? value)
    {
        if (query.Mode == RetentionMode.Recurring)
            return person.Events.Any(e => start.Matches(e) && InPeriod(e, cohort) && (value is null || Label(e) == value));
        var names = query.Start.Events.Select(pattern => pattern.Name).ToHashSet();
        var anyName = EventMatcher.For(new EventSeries(), query.Filters);
        var candidates = person.Events.Where(e => query.Mode == RetentionMode.FirstTime
            ? start.Matches(e)
            : anyName.Matches(e) && (names.Count == 0 || names.Contains(null) || names.Contains(e.Event.Name))).Take(1);
        return candidates.Any(e => start.Matches(e) && InPeriod(e, cohort) && (value is null || Label(e) == value));
    }

    private IEnumerable<PersonEvent> Returns(PersonHistory person, long period, string? value) => person.Events.Where(e =>
        returning.Matches(e) && InPeriod(e, period) && (value is null || query.Mode != RetentionMode.Recurring || Label(e) == value));

    private bool InPeriod(in PersonEvent e, long period) => query.Range!.Value.Contains(e.At) && calendar.StartOf(query.Period, e.At) == period;

    private string Label(PersonEvent e) => string.Join('|', query.Breakdown!.By.Select(path => e.Find(PropertyPath.Parse(path)).ToLabel()));
}
