using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>
/// Cuts a person's activity into sessions: events with a session id belong to that id; the others to a run of events with gaps of at most
/// <see cref="MaxGap"/>, looked for over all of the person's events.
/// </summary>
public static class SessionCutter
{
    /// <summary>Longest pause inside a session, milliseconds.</summary>
    public const long MaxGap = 30 * 60 * 1000;

    /// <summary>The sessions, by their first event; each holds its events in order.</summary>
    /// <param name="events">All of the person's activity, in order.</param>
    public static IReadOnlyList<PersonEvent[]> Cut(ReadOnlySpan<PersonEvent> events)
    {
        var sessions = new List<List<PersonEvent>>();
        var byId = new Dictionary<string, List<PersonEvent>>(StringComparer.Ordinal);
        List<PersonEvent>? run = null;
        var before = long.MinValue;
        foreach (ref readonly var e in events)
        {
            if (before != long.MinValue && e.At - before > MaxGap) run = null;
            before = e.At;
            SessionOf(e, byId, ref run, sessions).Add(e);
        }
        return [.. sessions.Select(session => session.ToArray())];
    }

    private static List<PersonEvent> SessionOf(in PersonEvent e, Dictionary<string, List<PersonEvent>> byId, ref List<PersonEvent>? run, List<List<PersonEvent>> sessions)
    {
        List<PersonEvent>? session;
        if (e.Event.SessionId is { Length: > 0 } id)
        {
            if (byId.TryGetValue(id, out session)) return session;
            byId.Add(id, session = []);
        }
        else
        {
            if (run is not null) return run;
            run = session = [];
        }
        sessions.Add(session);
        return session;
    }
}
