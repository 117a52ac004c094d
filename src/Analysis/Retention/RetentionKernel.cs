using System.Numerics;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>
/// One pass over a person's events that adds to the cells what each event changes. The stored fold runs it over all of time, an ad-hoc question over its range.
/// </summary>
internal sealed class RetentionKernel
{
    private readonly RetentionQuery query;
    private readonly Calendar calendar;
    private readonly TimeRange range;
    private readonly int intervals;
    private readonly long revision;
    private readonly bool isFirst;
    private readonly EventMatcher start;
    private readonly EventMatcher returning;
    private readonly EventMatcher? firstEver;
    private readonly BreakdownKey? breakdown;
    private readonly RetentionAmountReader? amounts;

    public RetentionKernel(RetentionQuery query, Calendar calendar, TimeRange range, int intervals, long revision, RevenueSettings? revenue)
    {
        this.query = query;
        this.calendar = calendar;
        this.range = range;
        this.intervals = intervals;
        this.revision = revision;
        isFirst = query.Mode != RetentionMode.Recurring;
        start = EventMatcher.For(query.Start, query.Filters);
        returning = EventMatcher.For(query.Return, query.Filters);
        if (query.Mode == RetentionMode.FirstEver) firstEver = EventMatcher.For(query.Start.WithoutFilters(), query.Filters);
        if (query.Breakdown is not null) breakdown = new BreakdownKey(query.Breakdown);
        amounts = RetentionAmountReader.For(query, revenue ?? RevenueSettings.Default);
    }

    public bool NeedsTraits => start.NeedsTraits || returning.NeedsTraits || breakdown is { NeedsTraits: true } || amounts is { NeedsTraits: true };

    public bool NeedsLatestTraits => start.NeedsLatestTraits || returning.NeedsLatestTraits;

    public IReadOnlyCollection<string>? Names => start.Names is { } first && returning.Names is { } second ? [.. first.Union(second)] : null;

    public void Apply(RetentionState state, ReadOnlySpan<PersonEvent> events, ICellSink sink)
    {
        foreach (ref readonly var e in events) Apply(state, e, sink);
        state.Prune(intervals);
    }

    private void Apply(RetentionState state, in PersonEvent e, ICellSink sink)
    {
        if (isFirst && state.IsDecided && state.Total.Cohorts == 0) return;
        var isStart = IsStart(state, e);
        if (!range.Contains(e.At)) return;
        var isReturn = returning.Matches(e);
        if (!isStart && !isReturn) return;

        var period = calendar.IndexOf(query.Period, e.At);
        if (breakdown is null) Step(ref state.Total, period, isStart, isReturn, e, new Target(sink, true, null));
        else if (isFirst)
        {
            if (isStart) state.Value = breakdown.Of(e);
            Step(ref state.Total, period, isStart, isReturn, e, new Target(sink, true, state.Value));
        }
        else
        {
            var value = breakdown.Of(e);
            Step(ref state.Total, period, isStart, isReturn, e, new Target(sink, true, null));
            Step(ref state.TrackOf(value), period, isStart, isReturn, e, new Target(sink, false, value));
        }
    }

    private bool IsStart(RetentionState state, in PersonEvent e)
    {
        if (!isFirst) return start.Matches(e);
        if (state.IsDecided) return false;
        state.IsDecided = (firstEver ?? start).Matches(e);
        return state.IsDecided && (firstEver is null || start.Matches(e));
    }

    private void Step(ref RetentionTrack track, long period, bool isStart, bool isReturn, in PersonEvent e, in Target target)
    {
        track.MoveTo(period, intervals);
        if (isStart && (track.Cohorts & 1) == 0) Enter(ref track, target);
        if (!isReturn) return;
        if (query.Value == RetentionValue.Customers) Return(ref track, target);
        else if (query.Value == RetentionValue.Events) CountEvent(ref track, target);
        else if (amounts!.TryRead(e, out var amount)) AddAmount(ref track, amount, target);
    }

    // The period becomes a cohort: what its return events brought before belongs to interval 0.
    private void Enter(ref RetentionTrack track, in Target target)
    {
        track.Cohorts |= 1;
        var cohort = calendar.StartAt(query.Period, track.Period);
        Emit(target, cohort, 0, 0, RetentionCells.Customers, 1);
        if (track.Returns > 0) Emit(target, cohort, 0, 0, RetentionCells.Events, track.Returns);
        for (var i = 0; i < track.Amounts.Count; i++) EmitAmount(target, cohort, 0, track.Amounts[i]);
        track.DropAmounts();
    }

    private void Return(ref RetentionTrack track, in Target target)
    {
        var earlier = track.Cohorts >> 1;
        if (earlier == 0 || ++track.Returns != query.MinimumOccurrences) return;
        for (; earlier != 0; earlier &= earlier - 1)
        {
            var distance = BitOperations.TrailingZeroCount(earlier) + 1;
            var cohort = calendar.StartAt(query.Period, track.Period - distance);
            if (!query.OnOrAfter)
            {
                Emit(target, cohort, distance, 0, RetentionCells.Customers, 1);
                continue;
            }
            var covered = track.LastReturned > track.Period - distance ? (int)(track.LastReturned - track.Period) + distance : 0;
            for (var interval = covered + 1; interval <= distance; interval++) Emit(target, cohort, interval, distance, RetentionCells.Customers, 1);
        }
        track.LastReturned = track.Period;
    }

    private void CountEvent(ref RetentionTrack track, in Target target)
    {
        track.Returns++;
        for (var cohorts = track.Cohorts; cohorts != 0; cohorts &= cohorts - 1)
        {
            var distance = BitOperations.TrailingZeroCount(cohorts);
            Emit(target, calendar.StartAt(query.Period, track.Period - distance), distance, 0, RetentionCells.Events, 1);
        }
    }

    private void AddAmount(ref RetentionTrack track, RetentionAmount amount, in Target target)
    {
        if ((track.Cohorts & 1) == 0) track.Hold(amount);
        for (var cohorts = track.Cohorts; cohorts != 0; cohorts &= cohorts - 1)
        {
            var distance = BitOperations.TrailingZeroCount(cohorts);
            EmitAmount(target, calendar.StartAt(query.Period, track.Period - distance), distance, amount);
        }
    }

    private void Emit(in Target target, long cohort, int interval, int until, int measure, long delta)
    {
        if (target.ToTotal) target.Sink.Add(new CellKey(RetentionCells.Total, revision, cohort, interval, until), measure, delta);
        if (target.Value is { } value) target.Sink.Add(new CellKey(RetentionCells.ByValue, revision, cohort, interval, until, value), measure, delta);
    }

    private void EmitAmount(in Target target, long cohort, int interval, RetentionAmount amount)
    {
        if (target.ToTotal) AddBoth(target.Sink, new CellKey(RetentionCells.Amounts, revision, cohort, interval, amount.Currency), amount);
        if (target.Value is { } value) AddBoth(target.Sink, new CellKey(RetentionCells.AmountsByValue, revision, cohort, interval, amount.Currency, value), amount);
    }

    private static void AddBoth(ICellSink sink, in CellKey key, RetentionAmount amount)
    {
        sink.Add(key, RetentionCells.Units, amount.Units);
        sink.Add(key, RetentionCells.Count, amount.Count);
    }

    // Where a step's numbers go: to the total, to a breakdown value, or to both.
    private readonly record struct Target(ICellSink Sink, bool ToTotal, string? Value);
}
