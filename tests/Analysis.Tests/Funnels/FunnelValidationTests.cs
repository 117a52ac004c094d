using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Time;
using static EventSourcedAnalytics.Analysis.Tests.Funnels.Sequence;

namespace EventSourcedAnalytics.Analysis.Tests.Funnels;

public sealed class FunnelValidationTests
{
    private static readonly FunnelExclusion[] ExcludesX = [new() { Events = [new EventPattern { Name = "x" }], FromStep = 1, ToStep = 2 }];

    public static TheoryData<string, FunnelQuery> Refused => new()
    {
        { "at least one step", new FunnelQuery() },
        { "at most 20 steps", Funnel(string.Join(' ', Enumerable.Repeat("A", 21))) },
        { "between 1 second and 366 days", Funnel("A B") with { Window = new FunnelWindow(367, WindowUnit.Day) } },
        { "between 1 second and 366 days", Funnel("A B") with { Window = new FunnelWindow(0, WindowUnit.Second) } },
        { "exclusions need an ordered", Funnel("A B") with { Order = FunnelOrder.Unordered, Exclusions = ExcludesX } },
        { "no optional steps", Funnel("A B? C") with { Order = FunnelOrder.Unordered } },
        { "Hold constant needs", Funnel("A B") with { Order = FunnelOrder.Unordered, HoldConstant = "properties.x" } },
        { "Attribution to a step needs an ordered", Funnel("A B") with { Order = FunnelOrder.Unordered, Breakdown = new FunnelBreakdown { By = ["properties.x"], Attribution = FunnelAttribution.Step, Step = 1 } } },
        { "Entry FIRST needs", Funnel("A B") with { Order = FunnelOrder.Unordered, Entry = FunnelEntry.First } },
        { "Totals need an ordered", Funnel("A B") with { Order = FunnelOrder.Unordered, Counting = FunnelCounting.Totals } },
        { "Totals can't be combined", Funnel("A B") with { Counting = FunnelCounting.Totals, HoldConstant = "properties.x" } },
        { "first and the last step", Funnel("A? B") },
        { "first and the last step", Funnel("A B?") },
        { "must differ from the required step", Funnel("A B? B") },
        { "no trend", Funnel("A B? C") with { Trend = new FunnelTrend() } },
        { "no exclusions", Funnel("A B? C") with { Exclusions = ExcludesX } },
        { "1 <= fromStep < toStep <= 2", Funnel("A B") with { Exclusions = [ExcludesX[0] with { ToStep = 3 }] } },
        { "may not be a step", Funnel("A x") with { Exclusions = ExcludesX } },
        { "1 to 3 properties", Funnel("A B") with { Breakdown = new FunnelBreakdown() } },
        { "'step' between 1 and 2", Funnel("A B") with { Breakdown = new FunnelBreakdown { By = ["properties.x"], Attribution = FunnelAttribution.Step } } },
        { "no property path", Funnel("A B") with { Breakdown = new FunnelBreakdown { By = ["x"] } } },
        { "1 <= fromStep < toStep <= 2", Funnel("A B") with { Trend = new FunnelTrend { ToStep = 3 } } },
        { "1 to 90 bins", Funnel("A B") with { Histogram = new FunnelHistogramQuery { Bins = 91 } } },
        { "needs 'events'", Funnel("A B") with { Correlation = new FunnelCorrelation { Of = CorrelationOf.EventProperties } } },
        { "ends before it starts", Funnel("A B") with { Range = new TimeRange(2, 1) } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_has_no_meaning_is_refused_with_a_message_that_says_so(string message, FunnelQuery query)
    {
        Assert.Contains(query.Validate(), error => error.Contains(message, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => new FunnelExploration(query, Calendar.Utc, TimeRange.All));
    }

    [Fact]
    public void A_funnel_that_can_not_be_stored_says_why()
    {
        Assert.True(Funnel("A B").CanBeStored(out _));
        Assert.False((Funnel("A B") with { Counting = FunnelCounting.Sessions }).CanBeStored(out var reason));
        Assert.Contains("session", reason, StringComparison.Ordinal);
        Assert.False((Funnel("A B") with { HoldConstant = "properties.x", Exclusions = ExcludesX }).CanBeStored(out _));
        Assert.False((Funnel("A B") with { Trend = new FunnelTrend { Interval = Period.Hour } }).CanBeStored(out _));
    }

    [Fact]
    public void Unknown_members_of_a_query_are_an_error_not_ignored() =>
        Assert.Throws<System.Text.Json.JsonException>(() => System.Text.Json.JsonSerializer.Deserialize<FunnelQuery>("""{"steps":[],"windw":1}""", AnalysisJson.Options));
}
