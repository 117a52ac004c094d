using EventSourcedAnalytics.Api.Operations;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>What somebody reads who waits for a rebuild.</summary>
public sealed class RebuildProgressTextTests
{
    [Fact]
    public void Before_anything_is_read_nothing_is_promised() => Assert.Equal("position - of 9000000, 0 events/s", TextAt(null, 0, null));

    [Theory]
    [InlineData(59, "00:59")]
    [InlineData(600, "10:00")]
    [InlineData(3_599, "59:59")]
    [InlineData(90_061, "25:01:01")]
    public void The_rest_is_told_in_minutes_and_hours(int seconds, string left) =>
        Assert.Equal($"position 1000000 of 9000000, 523,412 events/s, {left} left", TextAt(1_000_000, 523_412.4, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void At_the_end_of_the_log_it_is_told_who_is_folded_again() =>
        Assert.Equal("position 9000000 of 9000000, 95,431 persons whose events came late are folded again", TextAt(9_000_000, 500_000, TimeSpan.Zero, waiting: 95_431));

    [Fact]
    public void Before_the_end_those_who_wait_are_not_told() => Assert.DoesNotContain("late", TextAt(8_999_999, 500_000, TimeSpan.Zero, waiting: 95_431), StringComparison.Ordinal);

    private static string TextAt(long? position, double rate, TimeSpan? left, int waiting = 0) => RebuildProgressText.Of(
        new RebuildProgress("funnels", "funnels_v1_r2", position is { } at ? LogPosition.At(at) : null, LogPosition.At(9_000_000), rate, left, waiting));
}
