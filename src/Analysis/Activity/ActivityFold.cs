using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>
/// The stored fold of a project's activity: events and distinct persons by hour and day, distinct persons by day, week, month and quarter with the gap to their last
/// activity, for any activity and for each event name; and active days by week, month and quarter. Every answer about whole periods of them is a sum of cells.
/// </summary>
public sealed class ActivityFold : Fold<ActivityState>
{
    private static readonly Period[] FromDay = [Period.Day, Period.Week, Period.Month, Period.Quarter];
    private static readonly Period[] Scopes = [Period.Week, Period.Month, Period.Quarter];

    // A fold is used by several threads, and this is all that it needs for the time of a call: the numbers of the names that came.
    [ThreadStatic]
    private static List<int>? scratch;

    private readonly Calendar calendar;

    /// <summary>A fold.</summary>
    /// <param name="revision">Revision of the settings (zone, week start); every cell carries it.</param>
    /// <param name="calendar">The project's calendar.</param>
    public ActivityFold(long revision, Calendar calendar)
    {
        Revision = revision;
        this.calendar = calendar;
    }

    /// <summary>The tables of the cells, by number.</summary>
    public static IReadOnlyList<CellTable> Tables => ActivityCells.Tables;

    /// <inheritdoc/>
    public override long Revision { get; }

    /// <inheritdoc/>
    protected override void ApplyAll(ActivityState state, ReadOnlySpan<PersonEvent> events, ICellSink sink)
    {
        ArgumentNullException.ThrowIfNull(state);
        var touched = scratch ??= [];
        touched.Clear();
        foreach (ref readonly var e in events)
        {
            // An instant is of a year of four digits, so its hour fits.
            var hour = (int)calendar.IndexOf(Period.Hour, e.At);
            if (state.Any.LastHour != hour) MoveAny(state, hour, e.At, sink);
            state.Any.Pending.AddEvent();
            var number = state.NumberOf(e.Event.Name);
            ref var track = ref state.TrackAt(number);
            if (track.LastHour != hour) Move(ref track, hour, e.At, sink);
            if (track.Pending.Events == 0) touched.Add(number);
            track.Pending.AddEvent();
        }
        Flush(ref state.Any, sink);
        foreach (var number in touched) Flush(ref state.TrackAt(number), sink);
    }

    /// <inheritdoc/>
    protected override void Write(ActivityState state, StateWriter writer) => state.Write(writer);

    /// <inheritdoc/>
    protected override ActivityState Read(ref StateReader reader) => ActivityState.Read(ref reader);

    private void MoveAny(ActivityState state, int hour, long at, ICellSink sink)
    {
        var before = state.Any.LastHour == ActivityTrack.Never ? (long?)null : calendar.StartAt(Period.Hour, state.Any.LastHour);
        if (before is null || calendar.IndexOf(Period.Day, before.Value) != calendar.IndexOf(Period.Day, at)) CountDay(state, before, at, sink);
        Move(ref state.Any, hour, at, sink);
    }

    // One more active day of the week, month and quarter: the person moves from the row of n days to that of n + 1.
    private void CountDay(ActivityState state, long? before, long at, ICellSink sink)
    {
        for (var i = 0; i < Scopes.Length; i++)
        {
            var scope = calendar.IndexOf(Scopes[i], at);
            if (before is null || calendar.IndexOf(Scopes[i], before.Value) != scope) state.Days[i] = 0;
            var key = new CellKey(ActivityCells.ActiveDays, Revision, calendar.StartAt(Scopes[i], scope), (long)Scopes[i], state.Days[i]);
            if (state.Days[i] > 0) sink.Add(key, 0, -1);
            sink.Add(key with { C = ++state.Days[i] }, 0, 1);
        }
    }

    private void Move(ref ActivityTrack track, int hour, long at, ICellSink sink)
    {
        Flush(ref track, sink);
        var isFirst = track.LastHour == ActivityTrack.Never;
        var before = isFirst ? 0 : calendar.StartAt(Period.Hour, track.LastHour);
        track.LastHour = hour;
        track.Pending.BeginHour();
        foreach (var period in FromDay)
        {
            var current = calendar.IndexOf(period, at);
            var gap = isFirst ? ActivityCells.FirstEver : ActivityCells.GapOf(period, calendar.IndexOf(period, before), current);
            if (gap == 0 && !isFirst && period == Period.Day) return;
            if (gap > 0 || isFirst) MoveTo(ref track, period, calendar.StartAt(period, current), gap, sink);
        }
    }

    private void MoveTo(ref ActivityTrack track, Period period, long start, long gap, ICellSink sink)
    {
        sink.Add(track.Name is null
            ? new CellKey(ActivityCells.Total, Revision, start, (long)period, gap)
            : new CellKey(ActivityCells.ByName, Revision, start, (long)period, gap, track.Name), 0, 1);
        if (period == Period.Day) track.Pending.BeginDay();
    }

    private void Flush(ref ActivityTrack track, ICellSink sink)
    {
        var pending = track.Pending;
        if (pending.Events == 0) return;
        var hour = calendar.StartAt(Period.Hour, track.LastHour);
        Emit(PeriodKey(track, Period.Hour, hour), pending.IsNewHour, pending.Events, sink);
        Emit(PeriodKey(track, Period.Day, calendar.StartOf(Period.Day, hour)), pending.IsNewDay, pending.Events, sink);
        track.Pending = default;
    }

    // What changes in one row comes one behind the other: then it is looked up once.
    private static void Emit(in CellKey key, bool isNew, int events, ICellSink sink)
    {
        if (isNew) sink.Add(key, ActivityCells.CustomerCount, 1);
        sink.Add(key, ActivityCells.EventCount, events);
    }

    private CellKey PeriodKey(in ActivityTrack track, Period period, long start) => track.Name is null
        ? new CellKey(ActivityCells.Events, Revision, start, (long)period)
        : new CellKey(ActivityCells.EventsByName, Revision, start, (long)period, 0, track.Name);
}
