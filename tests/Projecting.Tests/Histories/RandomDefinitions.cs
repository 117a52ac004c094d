using System.Text.Json;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Projecting.Tests.Histories;

/// <summary>Random funnels and retentions over the events of random histories.</summary>
internal sealed class RandomDefinitions(Random random)
{
    // Half of the scenarios have definitions of named events only: then there are events that nobody looks at.
    private readonly bool allNamed = random.Next(2) == 0;

    /// <summary>A funnel that can be stored.</summary>
    public FunnelQuery Funnel()
    {
        while (true)
        {
            var query = Candidate();
            if (query.Validate().Count == 0 && query.CanBeStored(out _)) return query;
        }
    }

    public RetentionQuery Retention()
    {
        var query = Counted();
        return Rarely(3) ? query with { Value = RetentionValue.Sum, Property = "properties.n", MinimumOccurrences = 1, OnOrAfter = false } : query;
    }

    private RetentionQuery Counted() => new()
    {
        Start = new EventSeries { Events = [Pattern("a", "b", null)] },
        Return = new EventSeries { Events = [Pattern("a", "c", null)] },
        Period = Of(Period.Hour, Period.Day, Period.Week, Period.Month),
        Mode = Of(RetentionMode.Recurring, RetentionMode.FirstTime, RetentionMode.FirstEver),
        OnOrAfter = Rarely(3),
        MinimumOccurrences = Of(1, 1, 2),
        Intervals = Of(3, 8),
        Breakdown = Rarely(2) ? new Breakdown { By = [Of("properties.v", "customer.plan")] } : null,
        Value = Of(RetentionValue.Customers, RetentionValue.Events),
    };

    private FunnelQuery Candidate() => new()
    {
        Steps = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new FunnelStep { Events = [Pattern("a", "b", "c", null)], Optional = Rarely(8) })],
        Order = Of(FunnelOrder.Ordered, FunnelOrder.Ordered, FunnelOrder.Strict, FunnelOrder.Unordered),
        Entry = Of(FunnelEntry.Latest, FunnelEntry.First),
        Ties = Of(FunnelTies.Any, FunnelTies.Strict),
        Counting = Of(FunnelCounting.Customers, FunnelCounting.Customers, FunnelCounting.Totals),
        Window = Of(new FunnelWindow(3, WindowUnit.Second), new FunnelWindow(5, WindowUnit.Hour), new FunnelWindow(14, WindowUnit.Day)),
        Exclusions = Rarely(4) ? [new FunnelExclusion { Events = [new EventPattern { Name = "home" }], FromStep = 1, ToStep = 2 }] : null,
        HoldConstant = Rarely(6) ? "properties.v" : null,
        Breakdown = Rarely(3)
            ? Breakdown(Of(FunnelAttribution.FirstTouch, FunnelAttribution.LastTouch, FunnelAttribution.AllEvents, FunnelAttribution.Step))
            : null,
        Trend = Rarely(3) ? new FunnelTrend { Interval = Of(Period.Day, Period.Week, Period.Month) } : null,
    };

    private FunnelBreakdown Breakdown(FunnelAttribution attribution) =>
        new() { By = [Of("properties.v", "customer.plan")], Attribution = attribution, Step = attribution == FunnelAttribution.Step ? 1 : null };

    private EventPattern Pattern(params string?[] names) => new() { Name = Of([.. names.Where(name => name is not null || !allNamed)]), Filters = Rarely(3) ? [Filter()] : null };

    private Filter Filter() => random.Next(3) switch
    {
        0 => new Filter { Path = "properties.n", Op = FilterOperator.Gt, Value = JsonSerializer.SerializeToElement(3) },
        1 => new Filter { Path = "customer.plan", Op = FilterOperator.Eq, Value = JsonSerializer.SerializeToElement("x") },
        _ => new Filter { Path = "customer.plan", Op = FilterOperator.Neq, Value = JsonSerializer.SerializeToElement("y"), Latest = true },
    };

    private T Of<T>(params T[] values) => values[random.Next(values.Length)];

    private bool Rarely(int oneIn) => random.Next(oneIn) == 0;
}
