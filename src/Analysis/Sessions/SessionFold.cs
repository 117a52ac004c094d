using System.Runtime.CompilerServices;
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

    // The place of the current run, beside those of the numbered sessions.
    private const int Run = int.MaxValue;

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
        var touched = new Touched { Place = NumberedSessions.None };
        foreach (ref readonly var e in events) if (e.Event.IsActivity) Take(state, e, ref touched, sink);
        Flush(ref touched, sink);
    }

    /// <inheritdoc/>
    protected override void Write(SessionState state, StateWriter writer) => state.Write(writer);

    /// <inheritdoc/>
    protected override SessionState Read(ref StateReader reader) => SessionState.Read(ref reader);

    private void Take(SessionState state, in PersonEvent e, ref Touched touched, ICellSink sink)
    {
        if (state.LastAt != long.MinValue && e.At - state.LastAt > SessionCutter.MaxGap) state.HasRun = false;
        state.LastAt = e.At;
        var page = PageOf.View(e);
        var id = e.Event.SessionIdUtf8;
        var place = id.Length > 0 ? state.Numbered.Find(id) : state.HasRun ? Run : NumberedSessions.None;
        if (place == NumberedSessions.None)
        {
            Flush(ref touched, sink);
            touched = new Touched { Place = Add(state, id, e.At, page), Start = e.At };
            Begin(page, ref touched, sink);
            return;
        }
        ref var session = ref place == Run ? ref state.Run : ref state.Numbered.At(place);
        if (place != touched.Place)
        {
            Flush(ref touched, sink);
            touched = new Touched { Place = place, Start = session.Start };
        }
        Continue(ref session, e.At, page, ref touched, sink);
    }

    private static int Add(SessionState state, ReadOnlySpan<byte> id, long at, string? page)
    {
        var session = new SessionSoFar { Start = at, Last = at, IsBounce = page is not null, Exit = page };
        if (id.Length > 0) return state.Numbered.Add(id, session);
        (state.Run, state.HasRun) = (session, true);
        return Run;
    }

    private void Begin(string? page, ref Touched touched, ICellSink sink)
    {
        touched.Pending[Count]++;
        touched.Pending[Events]++;
        if (page is null) return;
        touched.Pending[Bounces]++;
        foreach (var role in (ReadOnlySpan<long>)[Entry, Exit])
        {
            AddPage(touched.Start, role, page, Count, 1, sink);
            AddPage(touched.Start, role, page, Bounces, 1, sink);
        }
    }

    private void Continue(ref SessionSoFar session, long at, string? page, ref Touched touched, ICellSink sink)
    {
        touched.Pending[Events]++;
        if (at > session.Last) touched.Pending[Duration] += at - session.Last;
        session.Last = at;
        if (session.IsBounce)
        {
            session.IsBounce = false;
            touched.Pending[Bounces]--;
            AddPage(session.Start, Entry, session.Exit!, Bounces, -1, sink);
            AddPage(session.Start, Exit, session.Exit!, Bounces, -1, sink);
        }
        if (page is null || page == session.Exit) return;
        if (session.Exit is { } left) AddPage(session.Start, Exit, left, Count, -1, sink);
        else AddPage(session.Start, Entry, page, Count, 1, sink);
        AddPage(session.Start, Exit, page, Count, 1, sink);
        session.Exit = page;
    }

    // The events of one session mostly come together: what they change is emitted once.
    private void Flush(ref Touched touched, ICellSink sink)
    {
        if (touched.Place == NumberedSessions.None) return;
        foreach (var period in (ReadOnlySpan<Period>)[Period.Hour, Period.Day])
        {
            var key = new CellKey(Sessions, Revision, calendar.StartOf(period, touched.Start), (long)period);
            for (var measure = 0; measure < Measures.Length; measure++)
                if (touched.Pending[measure] != 0) sink.Add(key, measure, touched.Pending[measure]);
        }
        touched.Place = NumberedSessions.None;
    }

    private void AddPage(long start, long role, string page, int measure, long delta, ICellSink sink) =>
        sink.Add(new CellKey(Pages, Revision, calendar.StartOf(Period.Day, start), role, 0, page), measure, delta);

    // The session whose changes are not emitted yet, and what they are.
    private struct Touched
    {
        public int Place;
        public long Start;
        public Measures Pending;
    }

    // Numbers by measure of the table of sessions.
    [InlineArray(Length)]
    private struct Measures
    {
        public const int Length = 4;

        private long first;
    }
}
