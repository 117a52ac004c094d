using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>What a funnel may not ask for: said when it is defined, not when it is answered.</summary>
internal static class FunnelValidation
{
    public static IReadOnlyList<string> Check(FunnelDefinition definition)
    {
        var errors = new List<string>(Check(definition.Query));
        if (definition.Key is not { Length: > 0 and <= FunnelLimits.MaxNameLength }) errors.Add($"A funnel needs a key of at most {FunnelLimits.MaxNameLength} characters.");
        if (definition.Name is not { Length: > 0 and <= FunnelLimits.MaxNameLength }) errors.Add($"A funnel needs a name of at most {FunnelLimits.MaxNameLength} characters.");
        var ranges = definition.NamedRanges ?? [];
        if (ranges.Count > FunnelLimits.MaxNamedRanges) errors.Add($"A funnel keeps at most {FunnelLimits.MaxNamedRanges} named ranges.");
        if (ranges.Select(range => range.Name).Distinct(StringComparer.Ordinal).Count() < ranges.Count) errors.Add("Named ranges need different names.");
        foreach (var range in ranges) CheckRange(errors, $"The named range '{range.Name}'", range.From, range.To);
        return errors;
    }

    public static IReadOnlyList<string> Check(FunnelQuery query)
    {
        var errors = new List<string>();
        CheckSteps(errors, query);
        CheckCombinations(errors, query);
        CheckOptional(errors, query);
        CheckExclusions(errors, query);
        CheckBreakdown(errors, query);
        if (query.Trend is { } trend) CheckPair(errors, query, "The trend", trend.FromStep, trend.ToStep);
        if (query.Histogram is { } histogram)
        {
            CheckPair(errors, query, "The histogram", histogram.FromStep, histogram.ToStep);
            if (histogram.Bins is < 1 or > FunnelLimits.MaxHistogramBins) errors.Add($"A histogram has 1 to {FunnelLimits.MaxHistogramBins} bins.");
        }
        if (query.Correlation is { Of: CorrelationOf.EventProperties, Events: not { Count: > 0 } }) errors.Add("A correlation of event properties needs 'events': the names of the events to look at.");
        if (query.HoldConstant is { } path) CheckPath(errors, path);
        if (query.Range is { } range && range.From > range.To) errors.Add("The range ends before it starts.");
        return errors;
    }

    /// <summary>Why the query is only answered ad hoc; null if it can be stored.</summary>
    public static string? WhyNotStored(FunnelQuery query)
    {
        if (query.Counting == FunnelCounting.Sessions) return "A session id can come back at any time, so every session ever seen would have to be kept: funnels of sessions are answered ad hoc.";
        if (query.Correlation is not null) return "A correlation looks at all events between entry and completion: it is answered ad hoc.";
        if (query.HoldConstant is not null && (query.Entry == FunnelEntry.First || query.Exclusions is { Count: > 0 }))
            return "Held constant with exclusions or the first entry only, every value ever seen would have to be kept: such a funnel is answered ad hoc.";
        if (query.Trend is { Interval: not (Period.Day or Period.Week or Period.Month) }) return "A stored funnel keeps the days, weeks and months of entry; another interval is answered ad hoc.";
        return null;
    }

    private static void CheckSteps(List<string> errors, FunnelQuery query)
    {
        if (query.Steps.Count == 0) errors.Add("A funnel needs at least one step.");
        if (query.Steps.Count > Limits.MaxFunnelSteps) errors.Add($"A funnel has at most {Limits.MaxFunnelSteps} steps.");
        if (query.Window.Value <= 0 || query.Window.Milliseconds is < FunnelLimits.MinWindow or > FunnelLimits.MaxWindow) errors.Add("The window lies between 1 second and 366 days.");
        try
        {
            foreach (var step in query.Steps) EventMatcher.For(step.Series, query.Filters);
            foreach (var exclusion in query.Exclusions ?? []) EventMatcher.For(new EventSeries { Events = exclusion.Events });
        }
        catch (FormatException error)
        {
            errors.Add(error.Message);
        }
    }

    private static void CheckCombinations(List<string> errors, FunnelQuery query)
    {
        if (query.Order == FunnelOrder.Unordered)
        {
            if (query.Exclusions is { Count: > 0 }) errors.Add("An unordered funnel has no 'between' two steps: exclusions need an ordered or strict funnel.");
            if (query.Steps.Any(step => step.Optional)) errors.Add("An unordered funnel has no optional steps: every step may be missing anyway.");
            if (query.HoldConstant is not null) errors.Add("Hold constant needs an ordered or strict funnel.");
            if (query.Breakdown is { Attribution: FunnelAttribution.Step }) errors.Add("Attribution to a step needs an ordered or strict funnel.");
            if (query.Entry == FunnelEntry.First) errors.Add("Entry FIRST needs an ordered or strict funnel: an unordered one is entered by any step.");
        }
        if (query.Counting == FunnelCounting.Totals && query.Order == FunnelOrder.Unordered) errors.Add("Totals need an ordered or strict funnel.");
        if (query.Counting == FunnelCounting.Totals && query.HoldConstant is not null) errors.Add("Totals can't be combined with hold constant.");
    }

    private static void CheckOptional(List<string> errors, FunnelQuery query)
    {
        var steps = query.Steps;
        if (!steps.Any(step => step.Optional)) return;
        if (steps[0].Optional || steps[^1].Optional) errors.Add("The first and the last step can't be optional.");
        if (query.Trend is not null) errors.Add("A funnel with optional steps has no trend.");
        if (query.Exclusions is { Count: > 0 }) errors.Add("A funnel with optional steps has no exclusions.");
        for (var i = 0; i < steps.Count - 1; i++)
        {
            if (!steps[i].Optional) continue;
            var next = steps.Skip(i + 1).FirstOrDefault(step => !step.Optional);
            if (next is not null && PatternComparison.Same(steps[i].Events, next.Events)) errors.Add($"Optional step {i + 1} must differ from the required step after it.");
        }
    }

    private static void CheckExclusions(List<string> errors, FunnelQuery query)
    {
        if (query.Exclusions is not { Count: > 0 } exclusions) return;
        if (exclusions.Count > FunnelLimits.MaxExclusions) errors.Add($"A funnel has at most {FunnelLimits.MaxExclusions} exclusions.");
        foreach (var exclusion in exclusions)
        {
            if (exclusion.FromStep < 1 || exclusion.FromStep >= exclusion.ToStep || exclusion.ToStep > query.Steps.Count)
                errors.Add($"An exclusion lies between two steps: 1 <= fromStep < toStep <= {query.Steps.Count}.");
            if (query.Steps.Any(step => PatternComparison.Covers(step.Events, exclusion.Events) || PatternComparison.Covers(exclusion.Events, step.Events)))
                errors.Add("An excluded event may not be a step of the funnel.");
        }
    }

    private static void CheckBreakdown(List<string> errors, FunnelQuery query)
    {
        if (query.Breakdown is not { } breakdown) return;
        if (breakdown.By.Count is 0 or > Limits.MaxBreakdownProperties) errors.Add($"A breakdown is by 1 to {Limits.MaxBreakdownProperties} properties.");
        if (breakdown.Limit is < 1 or > FunnelLimits.MaxBreakdownValues) errors.Add($"A breakdown shows 1 to {FunnelLimits.MaxBreakdownValues} values.");
        foreach (var path in breakdown.By) CheckPath(errors, path);
        if (breakdown.Attribution == FunnelAttribution.Step && (breakdown.Step is not { } step || step < 1 || step > query.Steps.Count))
            errors.Add($"Attribution to a step needs 'step' between 1 and {query.Steps.Count}.");
    }

    private static void CheckPair(List<string> errors, FunnelQuery query, string what, int? from, int? to)
    {
        var (first, last) = (from ?? 1, to ?? query.Steps.Count);
        if (first < 1 || first >= last || last > query.Steps.Count) { errors.Add($"{what} runs between two steps: 1 <= fromStep < toStep <= {query.Steps.Count}."); return; }
        if (query.Steps[first - 1].Optional || query.Steps[last - 1].Optional) errors.Add($"{what} runs between required steps.");
    }

    private static void CheckPath(List<string> errors, string path)
    {
        try { PropertyPath.Parse(path); }
        catch (FormatException error) { errors.Add(error.Message); }
    }

    private static void CheckRange(List<string> errors, string what, string from, string to)
    {
        if (!Instant.TryParse(from, out var first) || !Instant.TryParse(to, out var last)) errors.Add($"{what} needs 'from' and 'to' as RFC 3339 instants.");
        else if (first > last) errors.Add($"{what} ends before it starts.");
    }
}
