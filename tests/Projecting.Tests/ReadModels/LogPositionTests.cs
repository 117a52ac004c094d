using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Projecting.Tests.ReadModels;

public sealed class LogPositionTests
{
    [Fact]
    public void Positions_are_ordered_by_commit_then_prepare_and_nothing_is_before_or_behind_nowhere()
    {
        LogPosition[] ordered = [new(0, 0), new(1, 0), new(1, 1), new(2, 0), new(long.MaxValue, long.MaxValue)];
        for (var i = 0; i < ordered.Length; i++)
            for (var j = 0; j < ordered.Length; j++)
            {
                var (left, right) = (ordered[i], ordered[j]);
                Assert.Equal(i.CompareTo(j), left.CompareTo(right));
                Assert.Equal(i >= j, left >= right);
                Assert.Equal(j >= i, left <= right);
                Assert.Equal(i > j, left > right);
                Assert.Equal(j > i, left < right);
            }
        LogPosition? nowhere = null;
        Assert.False(nowhere < ordered[0] || nowhere > ordered[0] || nowhere >= ordered[0]);
    }

    [Theory]
    [InlineData("7", 7, 7)]
    [InlineData("7/5", 7, 5)]
    public void Its_text_is_read_back(string text, long commit, long prepare)
    {
        Assert.True(LogPosition.TryParse(text, out var position));
        Assert.Equal(new LogPosition(commit, prepare), position);
        Assert.Equal(text, position.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1/")]
    [InlineData("/1")]
    [InlineData("1/2/3")]
    [InlineData(" 1")]
    [InlineData("99999999999999999999")]
    public void What_is_no_position_is_refused(string? text) => Assert.False(LogPosition.TryParse(text, out _));

    [Fact]
    public async Task Who_waits_for_a_position_is_told_when_it_is_reached_or_that_the_time_ran_out()
    {
        var signal = new PositionSignal();
        Assert.False(await signal.WaitAsync(LogPosition.At(1), TimeSpan.Zero, CancellationToken.None));
        var waiting = signal.WaitAsync(LogPosition.At(2), TimeSpan.FromSeconds(20), CancellationToken.None);
        signal.Move(LogPosition.At(1));
        Assert.False(waiting.IsCompleted);
        signal.Move(LogPosition.At(3));
        Assert.True(await waiting);
        using var cancelled = new CancellationTokenSource();
        var abandoned = signal.WaitAsync(LogPosition.At(9), TimeSpan.FromSeconds(20), cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
    }
}
