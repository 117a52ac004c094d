using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>
/// The stored fold of sessions: how many, how many bounced, their events and durations, by hour and day of their first event; and by day the pages they were
/// entered and left on.
/// </summary>
public sealed class SessionFold : Fold<SessionState>
{
    internal const short Sessions = 0;
    internal const short Pages = 1;
    internal const int Count = 0;
    internal const int Bounces = 1;
    internal const int Events = 2;
    internal const int Duration = 3;
    internal const long Entry = 0;
    internal const long Exit = 1;

    private readonly Calendar calendar;

    /// <summary>A fold.</summary>
    /// <param name="revision">Revision of the settings; every cell carries it.</param>
    /// <param name="calendar">The project's calendar.</param>
    public SessionFold(long revision, Calendar calendar)
    {
        Revision = revision;
        this.calendar = calendar;
    }

    /// <summary>The tables of the cells, by number. <c>role</c> is 0 for the page a session was entered on, 1 for the one it was left on.</summary>
    public static IReadOnlyList<CellTable> Tables { get; } =
    [
        new("sessions", [new("start", CellPart.A, CellColumnType.Instant), new("period", CellPart.B, CellColumnType.Long)], ["sessions", "bounces", "events", "duration_ms"]),
        new("session_pages",
            [new("day", CellPart.A, CellColumnType.Instant), new("role", CellPart.B, CellColumnType.Long), new("page", CellPart.Text, CellColumnType.Text)], ["sessions", "bounces"]),
    ];

    /// <inheritdoc/>
    public override long Revision { get; }

    /// <inheritdoc/>
    protected override void ApplyAll(SessionState state, ReadOnlySpan<PersonEvent> events, ICellSink sink)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (ref readonly var e in events) Take(state, e, sink);
        Flush(state, sink);
    }

    private void Take(SessionState state, in PersonEvent e, ICellSink sink)
    {
        if (!e.Event.IsActivity) return;
        if (state.LastAt != long.MinValue && e.At - state.LastAt > SessionCutter.MaxGap) state.Run = null;
        state.LastAt = e.At;
        var page = PageOf.View(e);
        var id = e.Event.SessionId;
        var session = id is { Length: > 0 } ? state.Find(id) : state.Run;
        if (state.Touched != session) Flush(state, sink);
        state.Touched = session ?? Begin(state, id, e, page, sink);
        if (session is not null) Continue(session, e, page, sink);
    }

    /// <inheritdoc/>
    protected override void Write(SessionState state, StateWriter writer) => state.Write(writer);

    /// <inheritdoc/>
    protected override SessionState Read(ref StateReader reader) => SessionState.Read(ref reader);

    private SessionSoFar Begin(SessionState state, string? id, in PersonEvent e, string? page, ICellSink sink)
    {
        var session = new SessionSoFar { Start = e.At, Last = e.At, IsBounce = page is not null, Exit = page };
        if (id is { Length: > 0 }) state.Add(id, session);
        else state.Run = session;
        session.Pending[Count]++;
        session.Pending[Events]++;
        if (page is null) return session;
        session.Pending[Bounces]++;
        foreach (var role in (ReadOnlySpan<long>)[Entry, Exit])
        {
            AddPage(session, role, page, Count, 1, sink);
            AddPage(session, role, page, Bounces, 1, sink);
        }
        return session;
    }

    private void Continue(SessionSoFar session, in PersonEvent e, string? page, ICellSink sink)
    {
        session.Pending[Events]++;
        if (e.At > session.Last) session.Pending[Duration] += e.At - session.Last;
        session.Last = e.At;
        if (session.IsBounce)
        {
            session.IsBounce = false;
            session.Pending[Bounces]--;
            AddPage(session, Entry, session.Exit!, Bounces, -1, sink);
            AddPage(session, Exit, session.Exit!, Bounces, -1, sink);
        }
        if (page is null || page == session.Exit) return;
        if (session.Exit is { } left) AddPage(session, Exit, left, Count, -1, sink);
        else AddPage(session, Entry, page, Count, 1, sink);
        AddPage(session, Exit, page, Count, 1, sink);
        session.Exit = page;
    }

    // The events of one session mostly come together: what they change is emitted once.
    private void Flush(SessionState state, ICellSink sink)
    {
        if (state.Touched is not { } session) return;
        state.Touched = null;
        foreach (var period in (ReadOnlySpan<Period>)[Period.Hour, Period.Day])
        {
            var key = new CellKey(Sessions, Revision, calendar.StartOf(period, session.Start), (long)period);
            for (var measure = 0; measure < SessionSoFar.Measures.Length; measure++)
                if (session.Pending[measure] != 0) sink.Add(key, measure, session.Pending[measure]);
        }
        session.Pending = default;
    }

    private void AddPage(SessionSoFar session, long role, string page, int measure, long delta, ICellSink sink) =>
        sink.Add(new CellKey(Pages, Revision, calendar.StartOf(Period.Day, session.Start), role, 0, page), measure, delta);
}
