using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>Which of its ranges a stored funnel is asked for.</summary>
/// <param name="NamedRange">The name of a range of the definition; null = all time.</param>
/// <param name="Trend">Interval of the periods of entry to show: day, week or month; null = none.</param>
/// <param name="Periods">The periods shown are those this range touches; needed with <paramref name="Trend"/>.</param>
/// <param name="WithTimes">False if nobody asks for times between steps, which are a row for each different time.</param>
public sealed record StoredFunnelQuestion(string? NamedRange = null, Period? Trend = null, TimeRange? Periods = null, bool WithTimes = true);

/// <summary>What a stored funnel answers.</summary>
public abstract record StoredFunnelAnswer
{
    private StoredFunnelAnswer() { }

    /// <summary>The report, equal to the ad-hoc one.</summary>
    public sealed record Answered(FunnelReport Report) : StoredFunnelAnswer;

    /// <summary>The cells can't tell; ask ad hoc.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record AskAdHoc(string Reason) : StoredFunnelAnswer;
}

/// <summary>Answers from stored cells.</summary>
public static class StoredFunnel
{
    /// <summary>The cells an answer needs.</summary>
    /// <exception cref="ArgumentException">The definition has no range of that name.</exception>
    public static IReadOnlyList<CellSelection> Selections(FunnelDefinition definition, Calendar calendar, StoredFunnelQuestion question)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(question);
        var scope = ScopeOf(definition, question);
        var pairs = FunnelCells.TimePairs(definition.Query);
        var selections = new List<CellSelection> { new(FunnelCells.Counts, scope.Kind, scope.Kind, scope.Start, scope.Start) };
        if (question.WithTimes && pairs.Count > 0)
            selections.Add(new CellSelection(FunnelCells.Times, FunnelCells.TimeScope(scope.Kind, (0, 0)), FunnelCells.TimeScope((byte)(scope.Kind + 1), (0, 0)) - 1, scope.Start, scope.Start));
        if (TrendOf(calendar, question) is { Starts.Count: > 0 } trend)
            selections.Add(new CellSelection(FunnelCells.Counts, FunnelScope.KindOf(trend.Interval), FunnelScope.KindOf(trend.Interval), trend.Starts[0], trend.Starts[^1]));
        return selections;
    }

    /// <summary>The report made of the selected cells of the definition's revision.</summary>
    /// <exception cref="ArgumentException">The definition has no range of that name.</exception>
    public static StoredFunnelAnswer Build(FunnelDefinition definition, Calendar calendar, StoredFunnelQuestion question, IEnumerable<KeyValuePair<CellKey, Int128[]>> cells)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(cells);
        if (WhyNoTrend(definition, question) is { } reason) return new StoredFunnelAnswer.AskAdHoc(reason);
        var breakdown = definition.Query.Breakdown;
        var builder = new FunnelReportBuilder(new FunnelRules(definition.Query), calendar, ScopeOf(definition, question), TrendOf(calendar, question));
        foreach (var (key, sums) in cells) builder.Add(key, sums[0]);
        if (breakdown is not null && !FunnelReportBuilder.ValuesAddUp(breakdown) && definition.Query.Counting != FunnelCounting.Totals && builder.Rest.Count > 0)
            return new StoredFunnelAnswer.AskAdHoc("A person can be in several values, and 'Other' counts it once: with more values than the limit that is only known ad hoc.");
        return new StoredFunnelAnswer.Answered(builder.Build());
    }

    private static string? WhyNoTrend(FunnelDefinition definition, StoredFunnelQuestion question)
    {
        if (question.Trend is null) return null;
        if (question.Trend is not (Period.Day or Period.Week or Period.Month)) return "Only the days, weeks and months of entry are kept.";
        if (question.NamedRange is not null) return "Periods of entry are kept for all time, not for named ranges.";
        return new FunnelRules(definition.Query).HasTrend ? null : "A funnel with optional steps, or with one step only, has no trend.";
    }

    private static FunnelScope ScopeOf(FunnelDefinition definition, StoredFunnelQuestion question)
    {
        if (question.NamedRange is not { } name) return FunnelScope.OfWhole;
        var ranges = definition.NamedRanges ?? [];
        for (var number = 0; number < ranges.Count; number++) if (ranges[number].Name == name) return FunnelScope.OfNamed(number);
        throw new ArgumentException($"The funnel '{definition.Key}' has no range named '{name}'.", nameof(question));
    }

    private static (Period Interval, IReadOnlyList<long> Starts)? TrendOf(Calendar calendar, StoredFunnelQuestion question)
    {
        if (question.Trend is not { } interval) return null;
        if (question.Periods is not { } range) throw new ArgumentException("A trend needs the range of its periods.", nameof(question));
        return (interval, calendar.PeriodsOf(interval, range));
    }
}
