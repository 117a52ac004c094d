using EventSourcedAnalytics.Analysis.Funnels;

namespace EventSourcedAnalytics.Analysis.Tests.Funnels;

public sealed class DurationsTests
{
    [Fact]
    public void Quantiles_lie_between_the_closest_ranks()
    {
        var durations = new Durations([(1_000, 1), (2_000, 2), (10_000, 1)]);
        Assert.Equal(3.75, durations.AverageSeconds);
        Assert.Equal(2.0, durations.MedianSeconds);
        Assert.Equal(7.6, durations.P90Seconds!.Value, 9);
        Assert.Equal(1.5, new Durations([(1_000, 1), (2_000, 1)]).MedianSeconds);
    }

    [Fact]
    public void Taken_back_durations_leave_nothing() => Assert.Null(new Durations([(5, 1), (5, -1)]).AverageSeconds);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(27, 3)]
    [InlineData(28, 4)]
    [InlineData(64, 4)]
    [InlineData(1_000, 10)]
    [InlineData(1_001, 11)]
    [InlineData(10_000_000, 60)]
    public void Automatic_bins_are_the_cube_root_exact_for_cubes(long converted, int bins)
    {
        var histogram = FunnelHistogram.Of(new Durations([(0, converted - 1), (999_000, 1)]), 1, 2);
        Assert.Equal(bins + 1, histogram.Edges.Count);
        Assert.Equal(converted, histogram.Counts.Sum());
    }

    [Fact]
    public void Edges_are_whole_seconds_from_the_shortest_on_and_the_last_count_is_open()
    {
        var histogram = FunnelHistogram.Of(new Durations([(1_900, 1), (3_000, 1), (7_100, 1)]), 1, 2, bins: 3);
        Assert.Equal([1L, 4, 7, 10], histogram.Edges);
        Assert.Equal([2L, 0, 1, 0], histogram.Counts);
    }

    [Fact]
    public void Equal_durations_get_bins_of_a_minute()
    {
        Assert.Equal([5L, 65, 125, 185], FunnelHistogram.Of(new Durations([(5_000, 4)]), 1, 2).Edges);
        Assert.Equal([5L, 6, 7, 8], FunnelHistogram.Of(new Durations([(5_001, 4)]), 1, 2).Edges);
    }

    [Fact]
    public void Nobody_has_no_edges() => Assert.Empty(FunnelHistogram.Of(Durations.None, 1, 2).Edges);
}
