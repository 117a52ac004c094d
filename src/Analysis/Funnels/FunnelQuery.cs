using System.Text.Json.Serialization;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>A funnel, as asked: its JSON form is that of <see cref="AnalysisJson.Options"/>.</summary>
public sealed record FunnelQuery
{
    /// <summary>The steps, first to last.</summary>
    public IReadOnlyList<FunnelStep> Steps { get; init; } = [];

    /// <summary>In which order they must be done.</summary>
    public FunnelOrder Order { get; init; }

    /// <summary>How long after the entry a step still counts; 14 days unless given.</summary>
    public FunnelWindow Window { get; init; } = FunnelWindow.Default;

    /// <summary>Which first-step event starts the clock.</summary>
    public FunnelEntry Entry { get; init; }

    /// <summary>How events of the same millisecond are ordered.</summary>
    public FunnelTies Ties { get; init; }

    /// <summary>What is counted.</summary>
    public FunnelCounting Counting { get; init; }

    /// <summary>The instants between which events count; absent in a definition.</summary>
    public TimeRange? Range { get; init; }

    /// <summary>Conditions on every event of the query, joined by AND.</summary>
    public IReadOnlyList<Filter>? Filters { get; init; }

    /// <summary>Path of a property that must have the same value on all steps.</summary>
    public string? HoldConstant { get; init; }

    /// <summary>Events that must not happen between two steps.</summary>
    public IReadOnlyList<FunnelExclusion>? Exclusions { get; init; }

    /// <summary>Into which values the funnel is split.</summary>
    public FunnelBreakdown? Breakdown { get; init; }

    /// <summary>The funnel per period of entry.</summary>
    public FunnelTrend? Trend { get; init; }

    /// <summary>How conversion times are distributed.</summary>
    public FunnelHistogramQuery? Histogram { get; init; }

    /// <summary>What goes with converting.</summary>
    public FunnelCorrelation? Correlation { get; init; }

    /// <summary>What is wrong with the query, each message saying what to change; empty if it can be answered.</summary>
    public IReadOnlyList<string> Validate() => FunnelValidation.Check(this);

    /// <summary>Whether a stored funnel can carry this query from event to event.</summary>
    /// <param name="reason">Why not: such a query is answered ad hoc. Empty if it can.</param>
    public bool CanBeStored(out string reason)
    {
        reason = FunnelValidation.WhyNotStored(this) ?? "";
        return reason.Length == 0;
    }
}

/// <summary>One step of a funnel.</summary>
public sealed record FunnelStep
{
    /// <summary>What fills the step: one of these patterns; none = any event.</summary>
    public IReadOnlyList<EventPattern> Events { get; init; } = [];

    /// <summary>True if the step may be left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Optional { get; init; }

    /// <summary>The step as a series.</summary>
    [JsonIgnore]
    public EventSeries Series => new() { Events = Events };

    /// <summary>The step of one event name.</summary>
    public static FunnelStep Named(string name) => new() { Events = [new EventPattern { Name = name }] };
}

/// <summary>How long after the entry a step still counts, inclusive to the millisecond.</summary>
/// <param name="Value">Number of units.</param>
/// <param name="Unit">The unit.</param>
public sealed record FunnelWindow(int Value, WindowUnit Unit)
{
    /// <summary>14 days.</summary>
    public static FunnelWindow Default { get; } = new(14, WindowUnit.Day);

    /// <summary>The length in milliseconds.</summary>
    [JsonIgnore]
    public long Milliseconds => Value * Unit switch
    {
        WindowUnit.Second => 1_000L,
        WindowUnit.Minute => 60_000L,
        WindowUnit.Hour => 3_600_000L,
        WindowUnit.Day => 86_400_000L,
        _ => 604_800_000L,
    };
}

/// <summary>Events that must not happen between reaching one step and reaching another.</summary>
public sealed record FunnelExclusion
{
    /// <summary>The excluded events: one of these patterns.</summary>
    public IReadOnlyList<EventPattern> Events { get; init; } = [];

    /// <summary>From this step on, 1-based.</summary>
    public int FromStep { get; init; }

    /// <summary>Until this step is reached, 1-based.</summary>
    public int ToStep { get; init; }
}

/// <summary>Into which values a funnel is split.</summary>
public sealed record FunnelBreakdown
{
    /// <summary>One to three paths, whose values together are one combined value.</summary>
    public IReadOnlyList<string> By { get; init; } = [];

    /// <summary>How many values are shown; the rest is "Other".</summary>
    public int Limit { get; init; } = FunnelLimits.DefaultBreakdownValues;

    /// <summary>Which value a person belongs to.</summary>
    public FunnelAttribution Attribution { get; init; }

    /// <summary>With <see cref="FunnelAttribution.Step"/>: the step, 1-based.</summary>
    public int? Step { get; init; }
}

/// <summary>The funnel per period of entry.</summary>
public sealed record FunnelTrend
{
    /// <summary>The period.</summary>
    public Period Interval { get; init; } = Period.Day;

    /// <summary>Persons who reached this step are the base; 1-based, default the first.</summary>
    public int? FromStep { get; init; }

    /// <summary>Persons who reached this step converted; 1-based, default the last.</summary>
    public int? ToStep { get; init; }
}

/// <summary>How the times between two steps are distributed.</summary>
public sealed record FunnelHistogramQuery
{
    /// <summary>Number of bins; absent = chosen by the number of converted persons.</summary>
    public int? Bins { get; init; }

    /// <summary>From this step, 1-based; default the first.</summary>
    public int? FromStep { get; init; }

    /// <summary>To this step, 1-based; default the last.</summary>
    public int? ToStep { get; init; }
}

/// <summary>What goes with converting.</summary>
public sealed record FunnelCorrelation
{
    /// <summary>Events, properties of events, or properties of customers.</summary>
    public CorrelationOf Of { get; init; }

    /// <summary>For event properties: the event names looked at.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>For customer properties: the only ones looked at; absent = all.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Properties (or events) left out.</summary>
    public IReadOnlyList<string>? ExcludeNames { get; init; }
}
