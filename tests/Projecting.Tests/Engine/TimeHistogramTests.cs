using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>Times as Prometheus counts them: each bucket holds all that took at most as long.</summary>
public sealed class TimeHistogramTests
{
    [Fact]
    public void Buckets_are_cumulative_and_the_last_holds_everything()
    {
        var histogram = new TimeHistogram();
        foreach (var seconds in new[] { 0.001, 0.0011, 0.2, 1_000 }) histogram.Record(seconds);
        var (cumulative, sum) = histogram.Read();
        Assert.Equal(TimeHistogram.Bounds.Count + 1, cumulative.Count);
        Assert.Equal((1, 2, 4), (cumulative[0], cumulative[1], cumulative[^1]));
        Assert.Equal(3, cumulative[TimeHistogram.Bounds.ToList().IndexOf(0.25)]);
        Assert.Equal(1_000.2021, sum, 6);
    }
}
