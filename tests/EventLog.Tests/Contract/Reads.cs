namespace EventSourcedAnalytics.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    [Fact]
    public async Task A_missing_stream_is_no_error()
    {
        foreach (var direction in Enum.GetValues<ReadDirection>())
        {
            var page = await Log.ReadStreamAsync(NewStream(), direction, null, 10, Token);
            Assert.False(page.Exists);
            Assert.Empty(page.Events);
            Assert.True(page.IsEnd);
        }
    }

    [Theory]
    [InlineData(null, 3, new long[] { 0, 1, 2 }, false)]
    [InlineData(0L, 10, new long[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, true)]
    [InlineData(4L, 3, new long[] { 4, 5, 6 }, false)]
    [InlineData(8L, 5, new long[] { 8, 9 }, true)]
    [InlineData(10L, 5, new long[0], true)]
    [InlineData(99L, 5, new long[0], true)]
    public async Task A_stream_is_read_forwards_from_a_revision(long? from, int maxCount, long[] expected, bool isEnd)
    {
        var stream = NewStream();
        await AppendedAsync(stream, Events.Many(10));
        var page = await Log.ReadStreamAsync(stream, ReadDirection.Forwards, from, maxCount, Token);
        Assert.True(page.Exists);
        Assert.Equal(expected, page.Events.Select(e => e.Revision));
        Assert.Equal(isEnd, page.IsEnd);
    }

    [Theory]
    [InlineData(null, 3, new long[] { 9, 8, 7 }, false)]
    [InlineData(9L, 10, new long[] { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 }, true)]
    [InlineData(5L, 3, new long[] { 5, 4, 3 }, false)]
    [InlineData(1L, 5, new long[] { 1, 0 }, true)]
    [InlineData(99L, 2, new long[] { 9, 8 }, false)]
    public async Task A_stream_is_read_backwards_from_a_revision(long? from, int maxCount, long[] expected, bool isEnd)
    {
        var stream = NewStream();
        await AppendedAsync(stream, Events.Many(10));
        var page = await Log.ReadStreamAsync(stream, ReadDirection.Backwards, from, maxCount, Token);
        Assert.True(page.Exists);
        Assert.Equal(expected, page.Events.Select(e => e.Revision));
        Assert.Equal(isEnd, page.IsEnd);
    }

    [Fact]
    public async Task A_long_stream_is_read_in_pages_both_ways()
    {
        var stream = NewStream();
        const int count = 9_000;
        for (var i = 0; i < count; i += 1_500) await AppendedAsync(stream, Events.Many(1_500, from: i));

        var forwards = await ReadPagesAsync(stream, ReadDirection.Forwards, 0, 701);
        var backwards = await ReadPagesAsync(stream, ReadDirection.Backwards, count - 1, 701);

        Assert.Equal(Enumerable.Range(0, count).Select(i => $$"""{"n":{{i}}}"""), forwards.Select(e => e.Body()));
        Assert.Equal(forwards.Ids().Reverse(), backwards.Ids());
        var middle = await Log.ReadStreamAsync(stream, ReadDirection.Forwards, 4_095, 3, Token);
        Assert.Equal([4_095, 4_096, 4_097], middle.Events.Select(e => e.Revision));
        var large = await Log.ReadStreamAsync(stream, ReadDirection.Forwards, null, Limits.MaxPageEvents, Token);
        Assert.Equal(count, large.Events.Count);
    }

    [Fact]
    public async Task The_whole_log_is_read_in_the_order_of_the_appends()
    {
        var prefix = NewStream() + "-";
        var appended = new List<(Guid Id, LogPosition Position)>();
        for (var i = 0; i < 50; i++)
        {
            var e = Events.One();
            appended.Add((e.EventId, (await AppendedAsync(prefix + (i % 7), e)).Position));
        }

        foreach (var pageSize in (int[])[1, 7, 1000])
        {
            var read = await ReadAllEventsAsync(StreamFilter.ByPrefix(prefix), pageSize: pageSize);
            Assert.Equal(appended, read.Select(e => (e.EventId, e.Position)));
        }
    }

    [Fact]
    public async Task Reading_after_a_position_starts_with_the_next_event()
    {
        var stream = NewStream();
        var events = Events.Many(10);
        await AppendedAsync(stream, events);
        var stored = await ReadStreamAsync(stream);
        var page = await Log.ReadAllAsync(stored[3].Position, 4, StreamFilter.ByPrefix(stream), Token);
        Assert.Equal(events[4..8].Ids(), page.Events.Ids());
    }

    [Fact]
    public async Task A_filter_takes_several_prefixes_and_leaves_system_streams_out_by_default()
    {
        var (one, two, other, system) = (NewStream("one-"), NewStream("two-"), NewStream("other-"), NewStream("$sys-"));
        var head = await Log.GetHeadAsync(Token);
        foreach (var stream in (string[])[one, other, two, system, one]) await AppendedAsync(stream, Events.One());

        Assert.Equal([one, two, one], (await ReadAllEventsAsync(StreamFilter.ByPrefix(one, two), head)).Select(e => e.Stream));
        var everything = (await ReadAllEventsAsync(StreamFilter.ExcludeSystem, head)).Select(e => e.Stream).ToArray();
        Assert.Equal([one, other, two, one], everything.Where(s => s == one || s == two || s == other || s == system));
        Assert.Equal([system], (await ReadAllEventsAsync(StreamFilter.ByPrefix(system), head)).Select(e => e.Stream));
    }

    [Fact]
    public async Task A_read_that_matches_nothing_still_moves_to_the_head()
    {
        var appended = await AppendedAsync(NewStream(), Events.Many(500));
        LogPosition? after = null;
        while (true)
        {
            var page = await Log.ReadAllAsync(after, 10, StreamFilter.ByPrefix("nobody-has-this-"), Token);
            Assert.Empty(page.Events);
            after = page.LastPosition;
            if (page.IsHead) break;
        }
        Assert.True(after >= appended.Position);
    }

    [Fact]
    public async Task The_head_is_the_last_events_position()
    {
        var result = await AppendedAsync(NewStream(), Events.Many(3));
        Assert.True(await Log.GetHeadAsync(Token) >= result.Position);
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        var identity = await Log.GetIdentityAsync(Token);
        var stream = NewStream();
        var events = Events.Many(300);
        var original = Assert.IsType<AppendResult.Appended>(await Log.AppendAsync(stream, ExpectedRevision.NoStream, events, Token));

        await ReopenAsync();

        Assert.Equal(identity, await Log.GetIdentityAsync(Token));
        Assert.NotEqual(Guid.Empty, identity);
        Assert.Equal(events.Ids(), (await ReadStreamAsync(stream)).Ids());
        Assert.Equal(original, await Log.AppendAsync(stream, ExpectedRevision.NoStream, events, Token));
        Assert.Equal(300, Assert.IsType<AppendResult.Appended>(await Log.AppendAsync(stream, ExpectedRevision.At(299), Events.Many(1), Token)).Revision);
    }

    private async Task<List<RecordedEvent>> ReadPagesAsync(string stream, ReadDirection direction, long from, int pageSize)
    {
        var events = new List<RecordedEvent>();
        while (true)
        {
            var page = await Log.ReadStreamAsync(stream, direction, from, pageSize, Token);
            events.AddRange(page.Events);
            if (page.IsEnd) return events;
            from = page.Events[^1].Revision + (direction == ReadDirection.Forwards ? 1 : -1);
        }
    }
}
