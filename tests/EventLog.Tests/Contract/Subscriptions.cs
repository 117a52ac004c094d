using System.Threading.Channels;

namespace EventSourcedAnalytics.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    [Fact]
    public async Task A_subscription_catches_up_and_goes_live_without_gap_or_duplicate()
    {
        var prefix = NewStream() + "-";
        for (var i = 0; i < 40; i++) await AppendedAsync(prefix + (i % 5), Events.Many(10, from: i * 10));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var received = Follow(null, StreamFilter.ByPrefix(prefix), stop.Token);

        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await AppendedAsync(prefix + writer, Events.Many(3));
        }));
        await Task.WhenAll(writers);

        var expected = await ReadAllEventsAsync(StreamFilter.ByPrefix(prefix));
        Assert.Equal(1_000, expected.Count);
        var events = await TakeAsync(received, expected.Count);
        Assert.Equal(expected.Select(e => (e.Position, e.EventId)), events.Select(e => (e.Position, e.EventId)));
        var last = await AppendedAsync(prefix + "x", Events.One());
        Assert.Equal(last.Position, Assert.Single(await TakeAsync(received, 1)).Position);
        await stop.CancelAsync();
    }

    [Fact]
    public async Task A_subscription_starts_behind_its_position()
    {
        var stream = NewStream();
        await AppendedAsync(stream, Events.Many(10));
        var stored = await ReadStreamAsync(stream);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var received = Follow(stored[6].Position, StreamFilter.ByPrefix(stream), stop.Token);
        Assert.Equal([7, 8, 9], (await TakeAsync(received, 3)).Select(e => e.Revision));
        await AppendedAsync(stream, Events.One());
        Assert.Equal(10, Assert.Single(await TakeAsync(received, 1)).Revision);
        await stop.CancelAsync();
    }

    [Fact]
    public async Task A_subscription_tells_that_it_caught_up_and_moves_past_what_it_does_not_want()
    {
        var head = await AppendedAsync(NewStream(), Events.Many(50));
        await foreach (var page in Log.SubscribeToAllAsync(null, 10, StreamFilter.ByPrefix(NewStream()), Token))
        {
            Assert.Empty(page.Events);
            if (page.IsHead && page.LastPosition >= head.Position) return;
        }
        Assert.Fail("The subscription ended.");
    }

    [Fact]
    public async Task A_subscription_ends_when_it_is_cancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var ended = Task.Run(async () =>
        {
            await foreach (var page in Log.SubscribeToAllAsync(null, 100, StreamFilter.ExcludeSystem, stop.Token))
                if (page.IsHead) await stop.CancelAsync();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ended);
    }

    [Fact]
    public async Task A_slow_subscriber_misses_nothing()
    {
        var stream = NewStream();
        using var started = new SemaphoreSlim(0);
        var writer = Task.Run(async () =>
        {
            await started.WaitAsync(Token);
            for (var i = 0; i < 300; i++) await AppendedAsync(stream, Events.Many(5, from: i * 5));
        });
        var next = 0;
        await foreach (var page in Log.SubscribeToAllAsync(await Log.GetHeadAsync(Token), 100, StreamFilter.ByPrefix(stream), Token))
        {
            if (next == 0 && page.IsHead && page.Events.Count == 0) started.Release();
            foreach (var e in page.Events) Assert.Equal(next++, e.Revision);
            if (next == 1_500) break;
            if (next % 100 < 50) await Task.Delay(5, Token);
        }
        await writer;
        Assert.Equal(1_500, next);
    }

    private ChannelReader<RecordedEvent> Follow(LogPosition? after, StreamFilter filter, CancellationToken cancellationToken)
    {
        var events = Channel.CreateUnbounded<RecordedEvent>();
        _ = Task.Run(async () =>
        {
            try
            {
                await foreach (var page in Log.SubscribeToAllAsync(after, 64, filter, cancellationToken))
                    foreach (var e in page.Events) events.Writer.TryWrite(e);
            }
            catch (Exception error)
            {
                events.Writer.TryComplete(error);
            }
        }, CancellationToken.None);
        return events.Reader;
    }

    private async Task<List<RecordedEvent>> TakeAsync(ChannelReader<RecordedEvent> from, int count)
    {
        var events = new List<RecordedEvent>();
        while (events.Count < count) events.Add(await from.ReadAsync(Token));
        return events;
    }
}
