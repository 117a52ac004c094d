using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Sessions;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// A funnel answered ad hoc: persons in, a report out. Explorations of the same query over different persons can be merged. One exploration is
/// used by one thread at a time.
/// </summary>
public sealed class FunnelExploration
{
    private const long Revision = 0;

    private readonly FunnelRules rules;
    private readonly StepMatcher matcher;
    private readonly Calendar calendar;
    private readonly TimeRange range;
    private readonly Track track;
    private readonly CellSet cells = new(FunnelCells.Tables);
    private readonly FunnelEmitter emitter;
    private readonly FunnelCorrelator? correlator;
    private readonly List<StepEvent> matched = [];
    private readonly List<FunnelOutcome>? kept;
    private readonly List<FunnelOutcome[]> overlaps = [];

    /// <summary>An exploration that has seen nobody.</summary>
    /// <param name="query">The funnel; its own range is not looked at.</param>
    /// <param name="calendar">The project's zone and first day of the week.</param>
    /// <param name="range">The instants between which events count.</param>
    /// <param name="keepPersons">True if <see cref="Persons"/> will be asked.</param>
    /// <exception cref="ArgumentException">The query is invalid; the message says why.</exception>
    public FunnelExploration(FunnelQuery query, Calendar calendar, TimeRange range, bool keepPersons = false)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Validate() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(query));
        rules = new FunnelRules(query);
        matcher = new StepMatcher(rules);
        this.calendar = calendar;
        this.range = range;
        track = new Track(new TrackPlan(new LanePlan(rules, calendar, query.Trend is { } trend ? [trend.Interval] : [], FunnelScope.OfWhole, KeepsAll: true), range));
        emitter = new FunnelEmitter(rules, [.. FunnelCells.TimePairs(query)], Revision, cells);
        correlator = query.Correlation is null ? null : new FunnelCorrelator(rules, matcher);
        kept = keepPersons ? [] : null;
    }

    /// <summary>The event names the funnel looks at; null = all. Sessions are cut, and correlations made, over all activity.</summary>
    public IReadOnlyCollection<string>? Names => rules.Query.Counting == FunnelCounting.Sessions || correlator is not null ? null : matcher.Names;

    /// <summary>True if the funnel looks at traits.</summary>
    public bool NeedsTraits => matcher.NeedsTraits || rules.Query.Correlation?.Of == CorrelationOf.CustomerProperties;

    /// <summary>True if the funnel looks at the newest traits.</summary>
    public bool NeedsLatestTraits => matcher.NeedsLatestTraits;

    /// <summary>Adds a person; events outside the range may be among its history.</summary>
    public void Add(PersonHistory person)
    {
        ArgumentNullException.ThrowIfNull(person);
        if (rules.Query.Counting != FunnelCounting.Sessions) AddUnit(person.Id, person.Events);
        else foreach (var session in SessionCutter.Cut(person.Events)) AddUnit(person.Id, session);
    }

    /// <summary>Adds what another exploration of the same query has seen; its persons must be others.</summary>
    public void Merge(FunnelExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        cells.AddAll(other.cells);
        overlaps.AddRange(other.overlaps);
        if (correlator is not null) correlator.Merge(other.correlator!);
        if (kept is not null) kept.AddRange(other.kept!);
    }

    /// <summary>The report of all persons seen.</summary>
    public FunnelReport Build()
    {
        var builder = NewBuilder();
        return builder.Build(overlaps.Count == 0 ? null : OtherCorrections(builder.Rest), correlator?.Build());
    }

    /// <summary>The persons of the funnel, in the order they were added; a session or attempt each where those are counted.</summary>
    /// <param name="value">A breakdown value as in the report, <c>["Other"]</c> too; null = the funnel as a whole.</param>
    /// <param name="period">First instant of a period of entry; null = the whole range.</param>
    /// <exception cref="InvalidOperationException">The exploration was made without keeping persons.</exception>
    public IReadOnlyList<FunnelPerson> Persons(IReadOnlyList<string>? value = null, long? period = null)
    {
        if (kept is null) throw new InvalidOperationException("Make the exploration with keepPersons: true to ask for persons.");
        var wanted = kept.Where(outcome => period is { } start ? outcome.Scope.Kind != FunnelScope.Whole && outcome.Scope.Start == start : outcome.Scope.Kind == FunnelScope.Whole);
        if (value is null) return [.. wanted.Where(IsOfWhole).Select(Show)];
        var builder = NewBuilder();
        var rest = builder.Rest;
        if (value is not ["Other"] || rest.Count == 0)
        {
            var label = BreakdownLabel.Join(value);
            return [.. wanted.Where(outcome => outcome.Label == label).Select(Show)];
        }
        var others = wanted.Where(outcome => outcome.Label is not null && rest.Contains(outcome.Label));
        return rules.CountsAttempts ? [.. others.Select(Show)] : [.. others.GroupBy(outcome => outcome.Unit).Select(group => Show(Deepest(group)))];
    }

    private void AddUnit(string id, PersonEvent[] events)
    {
        matched.Clear();
        matcher.Match(events, matched);
        if (matched.Count == 0) return;
        track.Reset();
        track.Take(CollectionsMarshal.AsSpan(matched), SilentSink.Instance);
        var unit = new object();
        var outcomes = new List<FunnelOutcome>();
        foreach (var lane in track.Lanes)
            foreach (var (scope, result) in lane.Results)
                if (!result.IsTainted) outcomes.Add(new FunnelOutcome(unit, id, lane.Label, scope, result));
        foreach (var outcome in outcomes) emitter.Change(outcome.Label, outcome.Scope, null, outcome.Result);
        if (kept is not null) kept.AddRange(outcomes);
        if (CanOverlap && outcomes.Count(outcome => outcome.Label is not null) > 1) overlaps.Add([.. outcomes.Where(outcome => outcome.Label is not null)]);
        if (correlator is not null) Correlate(events, outcomes);
    }

    private void Correlate(PersonEvent[] events, List<FunnelOutcome> outcomes)
    {
        var inRange = Array.FindAll(events, e => range.Contains(e.At));
        foreach (var outcome in outcomes)
            if (outcome.Scope.Kind == FunnelScope.Whole && IsOfWhole(outcome)) correlator!.Add(inRange, outcome.Result);
    }

    private bool CanOverlap => rules.Query.Breakdown is { } breakdown && !FunnelReportBuilder.ValuesAddUp(breakdown) && !rules.CountsAttempts;

    private bool IsOfWhole(FunnelOutcome outcome) => FunnelReportBuilder.ValuesAddUp(rules.Query.Breakdown) || outcome.Label is null;

    private FunnelReportBuilder NewBuilder()
    {
        var trend = rules.Query.Trend;
        var builder = new FunnelReportBuilder(rules, calendar, FunnelScope.OfWhole, trend is null ? null : (trend.Interval, calendar.PeriodsOf(trend.Interval, range)));
        foreach (var (key, sums) in cells.Rows) builder.Add(key, sums[0]);
        return builder;
    }

    // "Other" is a union: a person in several of its values is counted once, with the deepest result.
    private LabelCells OtherCorrections(IReadOnlySet<string> rest)
    {
        var sink = new CellSet(FunnelCells.Tables);
        var correcting = new FunnelEmitter(rules, [.. FunnelCells.TimePairs(rules.Query)], Revision, sink);
        foreach (var person in overlaps)
        {
            foreach (var scope in person.Where(outcome => rest.Contains(outcome.Label!)).GroupBy(outcome => outcome.Scope))
            {
                var deepest = Deepest(scope);
                foreach (var outcome in scope)
                    if (!ReferenceEquals(outcome, deepest)) correcting.Change(null, outcome.Scope, outcome.Result, null);
            }
        }
        var builder = new LabelCells();
        foreach (var (key, sums) in sink.Rows)
        {
            if (key.Table == FunnelCells.Counts) builder.AddCount((byte)key.A, key.B, (int)key.C, (long)sums[0]);
            else builder.AddTime((FunnelCells.OfTimeScope(key.A).From, FunnelCells.OfTimeScope(key.A).To), key.C, (long)sums[0]);
        }
        return builder;
    }

    private static FunnelOutcome Deepest(IEnumerable<FunnelOutcome> outcomes) =>
        outcomes.Aggregate((best, next) => ReferenceEquals(FunnelResult.Better(best.Result, next.Result), best.Result) ? best : next);

    private FunnelPerson Show(FunnelOutcome outcome)
    {
        int[] steps = [.. Enumerable.Range(1, rules.Steps).Where(outcome.Result.Holds)];
        return new FunnelPerson(outcome.PersonId, outcome.Result.Depth, steps, [.. outcome.Result.Chain]);
    }
}

/// <summary>A result of a person, session or attempt.</summary>
/// <param name="Unit">What is counted: equal for all results of one person or session.</param>
/// <param name="PersonId">The person.</param>
/// <param name="Label">The breakdown value; null = the funnel as a whole.</param>
/// <param name="Scope">Whole range or period of entry.</param>
/// <param name="Result">The result.</param>
internal sealed record FunnelOutcome(object Unit, string PersonId, string? Label, FunnelScope Scope, FunnelResult Result);
