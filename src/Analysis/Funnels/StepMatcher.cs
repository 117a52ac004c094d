using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>Matches a person's events against the steps and exclusions of a funnel, once for all passes.</summary>
internal sealed class StepMatcher
{
    private readonly FunnelRules rules;
    private readonly EventMatcher[] steps;
    private readonly EventMatcher[] exclusions;
    private readonly uint[] taints;
    private readonly EventMatcher? common;
    private readonly BreakdownKey? breakdown;
    private readonly PropertyPath? constant;
    private readonly bool labelsAllEvents;

    /// <summary>A matcher for a valid query.</summary>
    public StepMatcher(FunnelRules rules)
    {
        this.rules = rules;
        var query = rules.Query;
        steps = [.. query.Steps.Select(step => EventMatcher.For(step.Series, query.Filters))];
        exclusions = [.. (query.Exclusions ?? []).Select(exclusion => EventMatcher.For(new EventSeries { Events = exclusion.Events }, query.Filters))];
        taints = [.. (query.Exclusions ?? []).Select(exclusion => ((1u << exclusion.ToStep) - 1) & ~((1u << exclusion.FromStep) - 1))];
        common = query.Filters is { Count: > 0 } ? EventMatcher.For(new EventSeries(), query.Filters) : null;
        breakdown = query.Breakdown is { } by ? new BreakdownKey(new Breakdown { By = by.By }) : null;
        constant = query.HoldConstant is { } path ? PropertyPath.Parse(path) : null;
        labelsAllEvents = query.Breakdown?.Attribution == FunnelAttribution.AllEvents;
    }

    /// <summary>True if some condition or value looks at traits.</summary>
    public bool NeedsTraits => steps.Concat(exclusions).Any(matcher => matcher.NeedsTraits) || breakdown is { NeedsTraits: true } || constant is { Root: PropertyRoot.Customer };

    /// <summary>True if some condition looks at the newest traits.</summary>
    public bool NeedsLatestTraits => steps.Concat(exclusions).Any(matcher => matcher.NeedsLatestTraits);

    /// <summary>The event names that matter; null = all, as for a strict funnel, where any event breaks a chain.</summary>
    public IReadOnlyCollection<string>? Names
    {
        get
        {
            if (rules.IsStrict) return null;
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var matcher in steps.Concat(exclusions))
            {
                if (matcher.Names is not { } some) return null;
                names.UnionWith(some);
            }
            return names;
        }
    }

    /// <summary>Appends what the funnel must see of some events.</summary>
    public void Match(ReadOnlySpan<PersonEvent> events, List<StepEvent> matched)
    {
        foreach (ref readonly var e in events) if (TryMatch(e, out var step)) matched.Add(step);
    }

    /// <summary>Whether an event fills a step of the funnel.</summary>
    public bool IsStep(in PersonEvent e) => StepsOf(e) != 0;

    /// <summary>Whether an event passes the conditions on all events of the query.</summary>
    public bool IsOfQuery(in PersonEvent e) => common is null || common.Matches(e);

    private bool TryMatch(in PersonEvent e, out StepEvent matched)
    {
        matched = default;
        var filled = StepsOf(e);
        // An event that is a step is never an excluded one.
        var excluded = filled == 0 ? TaintsOf(e) : 0;
        if (filled == 0 && excluded == 0 && !(rules.IsStrict && e.Event.IsActivity && IsOfQuery(e))) return false;
        matched = new StepEvent(e.At, e.Event.Position, filled, excluded, TagsOf(e, filled));
        return true;
    }

    private uint StepsOf(in PersonEvent e)
    {
        uint filled = 0;
        for (var i = 0; i < steps.Length; i++) if (steps[i].Matches(e)) filled |= 1u << i;
        return filled;
    }

    private uint TaintsOf(in PersonEvent e)
    {
        uint excluded = 0;
        for (var i = 0; i < exclusions.Length; i++) if (exclusions[i].Matches(e)) excluded |= taints[i];
        return excluded;
    }

    private EventTags? TagsOf(in PersonEvent e, uint filled)
    {
        var label = breakdown is not null && (filled != 0 || labelsAllEvents) ? BreakdownLabel.Of(breakdown.Of(e)) : null;
        string? value = null;
        if (constant is not null && filled != 0 && e.Find(constant) is { IsSet: true } found) value = found.ToKey();
        return label is null && value is null ? null : new EventTags(label, value);
    }
}
