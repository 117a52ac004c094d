using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>
/// A question about sessions answered from events: persons are added in any order, partial answers merged. Not safe for several threads; give each its own
/// and merge.
/// </summary>
public sealed class SessionsExploration
{
    private readonly SessionsQuery query;
    private readonly SessionSums sums;

    /// <summary>An empty answer.</summary>
    /// <param name="query">The question; must be valid.</param>
    /// <param name="calendar">The project's calendar; the query's week start, if it has one, wins.</param>
    public SessionsExploration(SessionsQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        this.query = query;
        sums = new SessionSums(query, calendar);
    }

    /// <summary>Adds a person with all its events: where a session begins is decided over all of history.</summary>
    public void Add(PersonHistory person)
    {
        ArgumentNullException.ThrowIfNull(person);
        foreach (var session in SessionCutter.Cut(person.Events))
        {
            if (!query.Range.Contains(session[0].At)) continue;
            var pages = session.Select(e => PageOf.View(e)).OfType<string>().ToList();
            var bounces = session.Length == 1 ? pages.Count : 0;
            sums.Add(session[0].At, 1, bounces, session.Length, session[^1].At - session[0].At);
            if (pages.Count == 0) continue;
            sums.AddPage(isEntry: true, pages[0], 1, bounces);
            sums.AddPage(isEntry: false, pages[^1], 1, bounces);
        }
    }

    /// <summary>Whether a session is one page view and nothing else.</summary>
    public static bool IsBounce(IReadOnlyList<PersonEvent> session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Count == 1 && PageOf.View(session[0]) is not null;
    }

    /// <summary>Adds what another exploration of the same question saw; its persons must be others.</summary>
    public void Merge(SessionsExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        sums.Merge(other.sums);
    }

    /// <summary>The answer.</summary>
    public SessionsReport Build() => sums.ToReport();
}
