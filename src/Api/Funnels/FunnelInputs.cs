using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Funnels;

/// <summary>One step of a funnel: one of these events, or any activity if there are none.</summary>
public sealed record FunnelStepInput
{
    /// <summary>The patterns, joined by OR.</summary>
    [DefaultValueSyntax("[]")]
    public IReadOnlyList<PatternInput> Events { get; init; } = [];

    /// <summary>True if the step may be left out.</summary>
    [DefaultValue(false)]
    public bool Optional { get; init; }
}

/// <summary>How long after the entry a step still counts.</summary>
/// <param name="Value">Number of units.</param>
/// <param name="Unit">The unit.</param>
public sealed record FunnelWindowInput(int Value, WindowUnit Unit);

/// <summary>Events that must not happen between reaching one step and reaching another.</summary>
public sealed record FunnelExclusionInput
{
    /// <summary>The excluded events.</summary>
    public IReadOnlyList<PatternInput> Events { get; init; } = [];

    /// <summary>From this step on, 1-based.</summary>
    public required int FromStep { get; init; }

    /// <summary>Until this step is reached, 1-based.</summary>
    public required int ToStep { get; init; }
}

/// <summary>The funnel per period of entry.</summary>
public sealed record FunnelTrendInput
{
    /// <summary>The period.</summary>
    public required Interval Interval { get; init; }

    /// <summary>Base of the rate, 1-based; default the first step.</summary>
    public int? FromStep { get; init; }

    /// <summary>Converted are those who reached this step, 1-based; default the last.</summary>
    public int? ToStep { get; init; }
}

/// <summary>How the times between two steps are distributed.</summary>
public sealed record FunnelHistogramInput
{
    /// <summary>Number of bins, 1 to 90; default by the number of converted persons.</summary>
    public int? Bins { get; init; }

    /// <summary>From this step, 1-based; default the first.</summary>
    public int? FromStep { get; init; }

    /// <summary>To this step, 1-based; default the last.</summary>
    public int? ToStep { get; init; }
}

/// <summary>What goes with converting.</summary>
public sealed record FunnelCorrelationInput
{
    /// <summary>Events, or properties of events or customers.</summary>
    [DefaultValue(CorrelationOf.Events)]
    public CorrelationOf Of { get; init; }

    /// <summary>For event properties: the event names looked at.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>For customer properties: the only ones looked at.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Names left out.</summary>
    public IReadOnlyList<string>? ExcludeNames { get; init; }

    internal FunnelCorrelation ToCorrelation() => new() { Of = Of, Events = Events, Names = Names, ExcludeNames = ExcludeNames };
}

/// <summary>A funnel as a question.</summary>
public sealed record FunnelQueryInput
{
    /// <summary>The steps, first to last.</summary>
    public required IReadOnlyList<FunnelStepInput> Steps { get; init; }

    /// <summary>In which order they must be done; default ORDERED.</summary>
    public FunnelOrder? Order { get; init; }

    /// <summary>How long after the entry a step still counts; default 14 days.</summary>
    public FunnelWindowInput? Window { get; init; }

    /// <summary>Which first-step event starts the clock; default LATEST.</summary>
    public FunnelEntry? Entry { get; init; }

    /// <summary>How events of the same millisecond are ordered; default ANY.</summary>
    public FunnelTies? Ties { get; init; }

    /// <summary>What is counted; default CUSTOMERS.</summary>
    public FunnelCounting? Counting { get; init; }

    /// <summary>Conditions on every event.</summary>
    public IReadOnlyList<FilterInput>? Filters { get; init; }

    /// <summary>Path of a property that must have the same value on all steps.</summary>
    public string? HoldConstant { get; init; }

    /// <summary>Events that must not happen between two steps.</summary>
    public IReadOnlyList<FunnelExclusionInput>? Exclusions { get; init; }

    /// <summary>Into which values the funnel is split.</summary>
    public BreakdownInput? Breakdown { get; init; }

    /// <summary>The funnel per period of entry.</summary>
    public FunnelTrendInput? Trend { get; init; }

    /// <summary>How conversion times are distributed.</summary>
    public FunnelHistogramInput? Histogram { get; init; }

    /// <summary>What goes with converting.</summary>
    public FunnelCorrelationInput? Correlation { get; init; }

    internal FunnelQuery ToQuery() => new()
    {
        Steps = [.. Steps.Select(step => new Analysis.Funnels.FunnelStep { Events = [.. step.Events.Select(pattern => pattern.ToPattern())], Optional = step.Optional })],
        Order = Order ?? default,
        Window = Window is null ? FunnelWindow.Default : new FunnelWindow(Window.Value, Window.Unit),
        Entry = Entry ?? default,
        Ties = Ties ?? default,
        Counting = Counting ?? default,
        Filters = FilterInputs.ToFilters(Filters),
        HoldConstant = HoldConstant,
        Exclusions = Exclusions is null ? null : [.. Exclusions.Select(exclusion => new FunnelExclusion
        {
            Events = [.. exclusion.Events.Select(pattern => pattern.ToPattern())],
            FromStep = exclusion.FromStep,
            ToStep = exclusion.ToStep,
        })],
        Breakdown = ToBreakdown(Breakdown),
        Trend = Trend is null ? null : new FunnelTrend { Interval = Trend.Interval.ToPeriod(), FromStep = Trend.FromStep, ToStep = Trend.ToStep },
        Histogram = Histogram is null ? null : new FunnelHistogramQuery { Bins = Histogram.Bins, FromStep = Histogram.FromStep, ToStep = Histogram.ToStep },
        Correlation = Correlation?.ToCorrelation(),
    };

    internal static Analysis.Funnels.FunnelBreakdown? ToBreakdown(BreakdownInput? input) => input is null ? null : new Analysis.Funnels.FunnelBreakdown
    {
        By = input.By,
        Limit = input.Limit ?? FunnelLimits.DefaultBreakdownValues,
        Attribution = input.Attribution ?? default,
        Step = input.Step,
    };
}
