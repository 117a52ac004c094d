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
        Flush(state, ref touched, sink);
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
            Flush(state, ref touched, sink);
            touched = new Touched { Place = Add(state, id, e.At, page), Start = e.At };
            touched.See(page);
            touched.Pending[Count]++;
            touched.Pending[Events]++;
            if (page is not null) touched.Pending[Bounces]++;
            return;
        }
        ref var session = ref SessionAt(state, place);
        if (place != touched.Place)
        {
            Flush(state, ref touched, sink);
            touched = new Touched { Place = place, Start = session.Start, Exit = session.Exit, WasBounce = session.IsBounce };
        }
        Continue(ref session, e.At, page, ref touched);
    }

    private static ref SessionSoFar SessionAt(SessionState state, int place) => ref place == Run ? ref state.Run : ref state.Numbered.At(place);

    private static int Add(SessionState state, ReadOnlySpan<byte> id, long at, string? page)
    {
        var session = new SessionSoFar { Start = at, Last = at, IsBounce = page is not null, Exit = page };
        if (id.Length > 0) return state.Numbered.Add(id, session);
        (state.Run, state.HasRun) = (session, true);
        return Run;
    }

    private static void Continue(ref SessionSoFar session, long at, string? page, ref Touched touched)
    {
        touched.Pending[Events]++;
        if (at > session.Last) touched.Pending[Duration] += at - session.Last;
        session.Last = at;
        if (session.IsBounce)
        {
            session.IsBounce = false;
            touched.Pending[Bounces]--;
        }
        if (page is null) return;
        touched.See(page);
        session.Exit = page;
    }

    // The events of one session mostly come together: what they change is emitted once, and the pages in between not at all.
    private void Flush(SessionState state, ref Touched touched, ICellSink sink)
    {
        if (touched.Place == NumberedSessions.None) return;
        EmitPages(SessionAt(state, touched.Place), touched, sink);
        foreach (var period in (ReadOnlySpan<Period>)[Period.Hour, Period.Day])
        {
            var key = new CellKey(Sessions, Revision, calendar.StartOf(period, touched.Start), (long)period);
            for (var measure = 0; measure < Measures.Length; measure++)
                if (touched.Pending[measure] != 0) sink.Add(key, measure, touched.Pending[measure]);
        }
        touched.Place = NumberedSessions.None;
    }

    private void EmitPages(in SessionSoFar session, in Touched touched, ICellSink sink)
    {
        if (session.Exit is not { } exit || (exit == touched.Exit && session.IsBounce == touched.WasBounce)) return;
        var day = calendar.StartOf(Period.Day, touched.Start);
        // A bounce has one page: that which it was entered on.
        if (session.IsBounce && !touched.WasBounce) EmitBounce(day, exit, 1, sink);
        if (touched.WasBounce && !session.IsBounce) EmitBounce(day, touched.Exit!, -1, sink);
        if (exit == touched.Exit) return;
        if (touched.Exit is { } left) sink.Add(PageKey(day, Exit, left), Count, -1);
        else sink.Add(PageKey(day, Entry, touched.FirstPage!), Count, 1);
        sink.Add(PageKey(day, Exit, exit), Count, 1);
    }

    private void EmitBounce(long day, string page, long delta, ICellSink sink)
    {
        sink.Add(PageKey(day, Entry, page), Bounces, delta);
        sink.Add(PageKey(day, Exit, page), Bounces, delta);
    }

    private CellKey PageKey(long day, long role, string page) => new(Pages, Revision, day, role, 0, page);

    // The session whose changes are not emitted yet: what they are, and how it was before them.
    private struct Touched
    {
        public int Place;
        public long Start;
        public Measures Pending;
        public string? Exit;
        public bool WasBounce;

        /// <summary>The first page viewed since.</summary>
        public string? FirstPage { get; private set; }

        public void See(string? page) => FirstPage ??= page;
    }

    // Numbers by measure of the table of sessions.
    [InlineArray(Length)]
    private struct Measures
    {
        public const int Length = 4;

        private long first;
    }
}
