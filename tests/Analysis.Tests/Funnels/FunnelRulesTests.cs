using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Funnels;
using static EventSourcedAnalytics.Analysis.Tests.Funnels.Sequence;

namespace EventSourcedAnalytics.Analysis.Tests.Funnels;

/// <summary>Each rule by an example that can be followed by hand.</summary>
public sealed class FunnelRulesTests
{
    [Theory]
    [InlineData("A@0 B@10 C@20", 3)]
    [InlineData("A@0 x@5 B@10 x@15 C@20", 3)]
    [InlineData("C@0 B@10 A@20", 1)]
    [InlineData("B@0 C@10", 0)]
    [InlineData("A@0 B@10 A@20 C@30", 3)]
    public void Ordered_steps_may_have_other_events_between_them(string events, int depth) => Assert.Equal(depth, Depth(Funnel("A B C"), events));

    [Theory]
    [InlineData("A@0 B@3600", 2)]
    [InlineData("A@0 B@3600.001", 1)]
    [InlineData("A@0 A@1 B@3600.001", 2)]
    public void The_window_is_inclusive_and_runs_from_the_newest_entry(string events, int depth) => Assert.Equal(depth, Depth(Funnel("A B"), events));

    [Theory]
    [InlineData("A@0 A@1 B@3600.001", 1)]
    [InlineData("A@0 A@1 B@3600", 2)]
    public void With_entry_first_a_later_entry_does_not_help(string events, int depth) => Assert.Equal(depth, Depth(Funnel("A B") with { Entry = FunnelEntry.First }, events));

    [Theory]
    [InlineData("A@0", 1)]
    [InlineData("A@0 A@0", 2)]
    [InlineData("A@0 A@10 A@20", 3)]
    public void Identical_steps_need_an_event_each(string events, int depth) => Assert.Equal(depth, Depth(Funnel("A A A"), events));

    [Theory]
    [InlineData("A@0 B@10 C@20", 3)]
    [InlineData("A@0 B@10 B@15 C@20", 2)]
    [InlineData("A@0 x@5 B@10", 1)]
    [InlineData("A@0 A@5 B@10 C@20", 3)]
    public void Strict_steps_follow_one_another_directly(string events, int depth) => Assert.Equal(depth, Depth(Funnel("A B C") with { Order = FunnelOrder.Strict }, events));

    [Theory]
    [InlineData("C@0 A@10 B@20", 3)]
    [InlineData("C@0 C@5", 1)]
    [InlineData("C@0 A@3601 B@3602", 2)]
    [InlineData("C@0 A@3600 B@3601", 2)]
    public void Unordered_counts_different_steps_inside_one_window(string events, int depth) => Assert.Equal(depth, Depth(Funnel("A B C") with { Order = FunnelOrder.Unordered }, events));

    [Fact]
    public void Unordered_times_are_those_of_the_earliest_events_still_inside_the_window()
    {
        var person = Assert.Single(Persons(Funnel("A B", 100) with { Order = FunnelOrder.Unordered }, "A@0 A@50 A@60 B@150"));
        Assert.Equal([Begin + 50_000, Begin + 150_000], person.Path.Select(touch => touch.At));
    }

    [Theory]
    [InlineData("B@0 A@0", 2)]
    [InlineData("C@0 B@0 A@0", 3)]
    public void Events_of_one_millisecond_come_in_the_order_that_carries_furthest(string events, int depth) => Assert.Equal(depth, Depth(Funnel("A B C"), events));

    [Theory]
    [InlineData("A@0 B@0", 1)]
    [InlineData("A@0 B@1 C@1", 2)]
    [InlineData("A@0 B@1 C@2", 3)]
    public void With_strict_ties_they_never_follow_one_another(string events, int depth) => Assert.Equal(depth, Depth(Funnel("A B C") with { Ties = FunnelTies.Strict }, events));

    [Theory]
    [InlineData("A@0 x@5 B@10", 0)]
    [InlineData("A@0 B@10 x@15", 2)]
    [InlineData("x@0 A@5 B@10", 2)]
    [InlineData("A@0 x@5 A@7 B@10", 2)]
    [InlineData("A@0 x@3601", 1)]
    [InlineData("A@0 x@0 B@10", 2)]
    public void An_excluded_event_between_two_steps_throws_the_person_out_unless_a_clean_chain_is_as_deep(string events, int depth) => Assert.Equal(depth, Depth(Excluding("A B"), events));

    [Fact]
    public void An_exclusion_acts_only_between_its_own_steps()
    {
        var query = Funnel("A B C") with { Exclusions = [Exclusion(2, 3)] };
        Assert.Equal(3, Depth(query, "A@0 x@5 B@10 C@20"));
        Assert.Equal(0, Depth(query, "A@0 B@10 x@15 C@20"));
    }

    [Fact]
    public void An_optional_step_may_be_left_out_and_counts_who_did_it()
    {
        var report = Report(Funnel("A B? C"), "A@0 C@10", "A@0 B@5 C@15", "A@0 B@5");
        Assert.Equal([3L, 2L, 2L], report.Steps.Select(step => step.Count));
        Assert.Null(report.Steps[1].AverageSeconds);
        Assert.Equal(12.5, report.Steps[2].AverageSeconds);
    }

    [Fact]
    public void Held_constant_all_steps_carry_the_same_value()
    {
        var query = Funnel("A B") with { HoldConstant = "properties.order" };
        Assert.Equal(1, Depth(query, "A@0/order=1 B@10/order=2"));
        Assert.Equal(2, Depth(query, "A@0/order=1 A@5/order=2 B@10/order=1"));
        Assert.Equal(0, Depth(query, "A@0 B@10"));
    }

    [Fact]
    public void Totals_count_attempts_that_complete_or_time_out_but_not_excluded_ones()
    {
        var query = Excluding("A B") with { Counting = FunnelCounting.Totals };
        Assert.Equal([1L, 1L], Counts(query, "A@0 A@5 B@10"));
        Assert.Equal([2L, 2L], Counts(query, "A@0 B@10 A@20 B@30"));
        Assert.Equal([2L, 1L], Counts(query, "A@0 A@3601 B@3700"));
        Assert.Equal([1L, 1L], Counts(query, "A@0 B@3600"));
        Assert.Equal([1L, 1L], Counts(query, "A@0 x@5 A@10 B@20"));
    }

    [Fact]
    public void Sessions_are_cut_by_id_else_by_gaps_over_all_events()
    {
        var query = Funnel("A B", 86_400) with { Counting = FunnelCounting.Sessions };
        Assert.Equal([1L, 1L], Counts(query, "A@0 x@1800 B@3600"));
        Assert.Equal([1L, 0L], Counts(query, "A@0 B@1800.001"));
        Assert.Equal([1L, 1L], Counts(query, "A@0#s B@9000#s"));
        Assert.Equal([2L, 0L], Counts(query, "A@0#s A@10#t"));
    }

    [Fact]
    public void Breakdown_values_rank_by_entries_and_the_rest_is_other()
    {
        var query = Funnel("A B") with { Breakdown = new FunnelBreakdown { By = ["properties.os"], Limit = 1, Attribution = FunnelAttribution.AllEvents } };
        var report = Report(query, "A@0/os=web B@1/os=web", "A@0/os=web", "A@0/os=ios A@1/os=mac B@2/os=mac");
        Assert.Equal(["web", "Other"], report.Breakdowns.Select(row => row.Value[0]));
        Assert.Equal([2L, 1L], report.Breakdowns[0].Steps.Select(step => step.Count));
        Assert.Equal([1L, 1L], report.Breakdowns[1].Steps.Select(step => step.Count));
    }

    [Theory]
    [InlineData(FunnelAttribution.FirstTouch, "web")]
    [InlineData(FunnelAttribution.LastTouch, "ios")]
    public void Touch_is_the_first_or_last_step_event_that_has_a_value(FunnelAttribution attribution, string value)
    {
        var query = Funnel("A B") with { Breakdown = new FunnelBreakdown { By = ["properties.os"], Attribution = attribution } };
        Assert.Equal([value], Report(query, "x@0/os=tv A@1 A@2/os=web B@3/os=ios B@4 x@5/os=mac").Breakdowns.Select(row => row.Value[0]));
    }

    [Fact]
    public void Rates_run_from_the_start_and_from_the_step_before()
    {
        var steps = Report(Funnel("A B C"), "A@0 B@10 C@40", "A@0 B@20", "A@0", "A@0").Steps;
        Assert.Equal([1.0, 0.5, 0.25], steps.Select(step => step.ConversionFromStart!.Value));
        Assert.Equal([1.0, 0.5, 0.5], steps.Select(step => step.ConversionFromPrevious!.Value));
        Assert.Equal([0L, 2L, 1L], steps.Select(step => step.DropOff));
        Assert.Equal((15.0, 15.0, 19.0), (steps[1].AverageSeconds, steps[1].MedianSeconds, steps[1].P90Seconds));
    }

    [Fact]
    public void Without_anybody_rates_and_times_are_null()
    {
        var step = Report(Funnel("A B"), "x@0").Steps[1];
        Assert.Equal(new FunnelReportStep(2, 0, null, null, 0, null, null, null), step);
    }

    [Fact]
    public void Correlation_counts_what_lies_between_entry_and_completion_and_is_no_step()
    {
        var query = Funnel("A B", 100) with { Correlation = new FunnelCorrelation { Of = CorrelationOf.Events } };
        var rows = Report(query, "h@0 A@1 good@2 B@3 late@4", "A@0 good@1 B@2", "A@0 bad@100 gone@101").Correlation;
        Assert.Equal(["good", "bad"], rows.Select(row => row.Name));
        Assert.Equal(new FunnelCorrelationRow("good", 2, 0, 6), rows[0]);
        Assert.Equal(0.5 / 3, rows[1].OddsRatio, 9);
    }

    [Fact]
    public void Correlation_of_properties_names_event_property_and_value()
    {
        var query = Funnel("A B", 100) with { Correlation = new FunnelCorrelation { Of = CorrelationOf.EventProperties, Events = ["tap"], ExcludeNames = ["y"] } };
        Assert.Equal(["tap::x::1"], Report(query, "A@0 tap@1/x=1/y=2 B@2", "A@0 other@1/x=1").Correlation.Select(row => row.Name));
    }

    private static FunnelQuery Excluding(string steps) => Funnel(steps) with { Exclusions = [Exclusion(1, 2)] };

    private static FunnelExclusion Exclusion(int from, int to) => new() { Events = [new EventPattern { Name = "x" }], FromStep = from, ToStep = to };

    private static IEnumerable<long> Counts(FunnelQuery query, string events) => Report(query, events).Steps.Select(step => step.Count);
}
