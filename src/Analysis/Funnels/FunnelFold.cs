using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>What a stored funnel must know of a person to go on.</summary>
public sealed class FunnelState
{
    /// <summary>A track a range; null as long as the person has done nothing.</summary>
    internal Track[]? Tracks { get; set; }

    /// <summary>Time of the last event that the funnel looks at.</summary>
    internal long LastAt { get; set; }
}

/// <summary>
/// A stored funnel: one person's events in, changes of <see cref="FunnelCells"/> out. It keeps all time, each day, week and month of entry, and the
/// named ranges of its definition.
/// </summary>
public sealed class FunnelFold : Fold<FunnelState>
{
    private static readonly Period[] Intervals = [Period.Day, Period.Week, Period.Month];

    // A fold is used by several threads, and this is all that it needs for the time of a call.
    [ThreadStatic]
    private static List<StepEvent>? scratch;

    private readonly StepMatcher matcher;
    private readonly FunnelRules rules;
    private readonly (int From, int To)[] pairs;
    private readonly TrackPlan[] plans;

    /// <summary>A fold for one revision of a definition.</summary>
    /// <param name="revision">Number of the revision, carried by every cell.</param>
    /// <param name="definition">The definition.</param>
    /// <param name="calendar">The project's zone and first day of the week.</param>
    /// <exception cref="ArgumentException">The definition is invalid, or can't be stored (<see cref="FunnelQuery.CanBeStored"/>).</exception>
    public FunnelFold(long revision, FunnelDefinition definition, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Validate() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(definition));
        if (!definition.Query.CanBeStored(out var reason)) throw new ArgumentException(reason, nameof(definition));
        Revision = revision;
        rules = new FunnelRules(definition.Query);
        matcher = new StepMatcher(rules);
        pairs = [.. FunnelCells.TimePairs(definition.Query)];
        var named = (definition.NamedRanges ?? []).Select((range, number) =>
            new TrackPlan(new LanePlan(rules, calendar, [], FunnelScope.OfNamed(number), KeepsAll: false), range.ToTimeRange()));
        plans = [new TrackPlan(new LanePlan(rules, calendar, rules.HasTrend ? Intervals : [], FunnelScope.OfWhole, KeepsAll: false), TimeRange.All), .. named];
    }

    /// <inheritdoc/>
    public override long Revision { get; }

    /// <inheritdoc/>
    public override bool NeedsTraits => matcher.NeedsTraits;

    /// <inheritdoc/>
    public override bool NeedsLatestTraits => matcher.NeedsLatestTraits;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string>? Names => matcher.Names;

    /// <inheritdoc/>
    protected override void ApplyAll(FunnelState state, ReadOnlySpan<PersonEvent> events, ICellSink sink)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (events.Length == 0) return;
        var matched = scratch ??= [];
        matched.Clear();
        matcher.Match(events, matched);
        if (matched.Count == 0) return;
        state.LastAt = matched[^1].At;
        var emitter = new FunnelEmitter(rules, pairs, Revision, sink);
        foreach (var track in state.Tracks ??= NewTracks()) track.Take(CollectionsMarshal.AsSpan(matched), emitter);
    }

    /// <inheritdoc/>
    protected override void Write(FunnelState state, StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Int64(state.LastAt);
        writer.Bool(state.Tracks is not null);
        foreach (var track in state.Tracks ?? []) track.Write(writer, state.LastAt);
    }

    /// <inheritdoc/>
    protected override FunnelState Read(ref StateReader reader)
    {
        var state = new FunnelState { LastAt = reader.Int64() };
        if (!reader.Bool()) return state;
        state.Tracks = NewTracks();
        foreach (var track in state.Tracks) track.Read(ref reader);
        return state;
    }

    private Track[] NewTracks() => Array.ConvertAll(plans, static plan => new Track(plan));
}
