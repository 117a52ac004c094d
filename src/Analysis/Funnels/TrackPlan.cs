using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>What all tracks of a funnel and range have in common.</summary>
internal sealed class TrackPlan
{
    /// <summary>A plan.</summary>
    /// <param name="lanes">The funnel and its scopes.</param>
    /// <param name="range">Events outside do not count.</param>
    public TrackPlan(LanePlan lanes, TimeRange range)
    {
        Lanes = lanes;
        Range = range;
        var breakdown = lanes.Rules.Query.Breakdown;
        Attribution = breakdown?.Attribution;
        AttributedStep = Attribution == FunnelAttribution.Step ? FunnelRules.Bit(breakdown!.Step!.Value) : 0;
        NoValue = breakdown is null ? "" : BreakdownLabel.Join([.. Enumerable.Repeat("", breakdown.By.Count)]);
    }

    /// <summary>The funnel and its scopes.</summary>
    public LanePlan Lanes { get; }

    /// <summary>Events outside do not count.</summary>
    public TimeRange Range { get; }

    /// <summary>Which value a person belongs to; null without a breakdown.</summary>
    public FunnelAttribution? Attribution { get; }

    /// <summary>The bit of the step whose value counts; 0 if any may.</summary>
    public uint AttributedStep { get; }

    /// <summary>The label of a person on whose events no value was seen.</summary>
    public string NoValue { get; }

    /// <summary>Whether a person belongs to exactly one value, so that the values add up to the whole.</summary>
    public bool MovesWithTouch => Attribution is FunnelAttribution.FirstTouch or FunnelAttribution.LastTouch;
}
