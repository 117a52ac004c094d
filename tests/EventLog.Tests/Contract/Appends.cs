namespace EventSourcedAnalytics.EventLog.Tests.Contract;

public abstract partial class EventLogContract
{
    [Fact]
    public async Task An_event_is_read_as_it_was_appended()
    {
        var stream = NewStream();
        var before = DateTimeOffset.UtcNow;
        var e = new EventToAppend(Guid.NewGuid(), "order completed", """{"total":"12.50","note":"größer"}"""u8.ToArray(), """{"by":"test"}"""u8.ToArray());
        var result = await AppendedAsync(stream, e);

        var page = await Log.ReadStreamAsync(stream, ReadDirection.Forwards, null, 10, Token);

        var read = Assert.Single(page.Events);
        Assert.Equal((stream, 0, result.Position, e.EventId, e.Type), (read.Stream, read.Revision, read.Position, read.EventId, read.Type));
        Assert.Equal(e.Data.ToArray(), read.Data.ToArray());
        Assert.Equal(e.Metadata.ToArray(), read.Metadata.ToArray());
        Assert.InRange(read.Created, before.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.True(read.IsJson);
    }

    [Fact]
    public async Task Revisions_count_from_zero_and_positions_grow()
    {
        var stream = NewStream();
        var first = await AppendedAsync(stream, Events.Many(3));
        var second = await AppendedAsync(stream, Events.Many(2));

        Assert.Equal((2, 4), (first.Revision, second.Revision));
        Assert.True(second.Position > first.Position);
        var events = await ReadStreamAsync(stream);
        Assert.Equal([0, 1, 2, 3, 4], events.Select(e => e.Revision));
        Assert.Equal(events.Select(e => e.Position).Order(), events.Select(e => e.Position));
    }

    [Fact]
    public async Task Expecting_no_stream_succeeds_once()
    {
        var stream = NewStream();
        Assert.IsType<AppendResult.Appended>(await Log.AppendAsync(stream, ExpectedRevision.NoStream, Events.Many(1), Token));
        var again = await Log.AppendAsync(stream, ExpectedRevision.NoStream, Events.Many(1), Token);
        Assert.Equal(0, Assert.IsType<AppendResult.WrongExpectedRevision>(again).ActualRevision);
        Assert.Single(await ReadStreamAsync(stream));
    }

    [Fact]
    public async Task Expecting_a_stream_needs_one()
    {
        var stream = NewStream();
        var missing = await Log.AppendAsync(stream, ExpectedRevision.StreamExists, Events.Many(1), Token);
        Assert.Null(Assert.IsType<AppendResult.WrongExpectedRevision>(missing).ActualRevision);
        await AppendedAsync(stream, Events.Many(2));
        var result = await Log.AppendAsync(stream, ExpectedRevision.StreamExists, Events.Many(1), Token);
        Assert.Equal(2, Assert.IsType<AppendResult.Appended>(result).Revision);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task A_wrong_revision_is_a_conflict_and_writes_nothing(long expected)
    {
        var stream = NewStream();
        await AppendedAsync(stream, Events.Many(3));
        var result = await Log.AppendAsync(stream, ExpectedRevision.At(expected), Events.Many(1), Token);
        Assert.Equal(2, Assert.IsType<AppendResult.WrongExpectedRevision>(result).ActualRevision);
        Assert.Equal(3, (await ReadStreamAsync(stream)).Count);
    }

    [Fact]
    public async Task The_right_revision_appends()
    {
        var stream = NewStream();
        await AppendedAsync(stream, Events.Many(3));
        var result = await Log.AppendAsync(stream, ExpectedRevision.At(2), Events.Many(2), Token);
        Assert.Equal(4, Assert.IsType<AppendResult.Appended>(result).Revision);
    }

    [Fact]
    public async Task A_revision_on_a_missing_stream_is_a_conflict()
    {
        var result = await Log.AppendAsync(NewStream(), ExpectedRevision.At(0), Events.Many(1), Token);
        Assert.Null(Assert.IsType<AppendResult.WrongExpectedRevision>(result).ActualRevision);
    }

    [Fact]
    public async Task A_repeat_with_its_revision_succeeds_with_the_original_place()
    {
        var stream = NewStream();
        var events = Events.Many(5);
        var original = Assert.IsType<AppendResult.Appended>(await Log.AppendAsync(stream, ExpectedRevision.NoStream, events, Token));
        await AppendedAsync(stream, Events.Many(200));

        var whole = await Log.AppendAsync(stream, ExpectedRevision.NoStream, events, Token);
        var prefix = await Log.AppendAsync(stream, ExpectedRevision.NoStream, events[..2], Token);
        var slice = await Log.AppendAsync(stream, ExpectedRevision.At(1), events[2..4], Token);

        Assert.Equal(original, whole);
        Assert.Equal(1, Assert.IsType<AppendResult.Appended>(prefix).Revision);
        Assert.Equal(3, Assert.IsType<AppendResult.Appended>(slice).Revision);
        var stored = await ReadStreamAsync(stream);
        Assert.Equal(205, stored.Count);
        Assert.Equal(stored[3].Position, Assert.IsType<AppendResult.Appended>(slice).Position);
    }

    [Fact]
    public async Task A_repeat_followed_by_something_new_is_a_conflict()
    {
        var stream = NewStream();
        var events = Events.Many(3);
        await AppendedAsync(stream, events);
        var result = await Log.AppendAsync(stream, ExpectedRevision.NoStream, [.. events, Events.One()], Token);
        Assert.Equal(2, Assert.IsType<AppendResult.WrongExpectedRevision>(result).ActualRevision);
        Assert.Equal(3, (await ReadStreamAsync(stream)).Count);
    }

    [Fact]
    public async Task A_repeat_without_a_revision_is_recognised_while_it_is_fresh()
    {
        var stream = NewStream();
        var events = Events.Many(4);
        var original = await AppendedAsync(stream, events);
        Assert.Equal(original, await AppendedAsync(stream, events));
        var exists = await Log.AppendAsync(stream, ExpectedRevision.StreamExists, events, Token);
        Assert.Equal(original, exists);
        Assert.Equal(4, (await ReadStreamAsync(stream)).Count);
    }

    [Fact]
    public async Task The_same_id_may_be_in_two_streams_and_twice_in_one_append()
    {
        var (one, two) = (NewStream(), NewStream());
        var e = Events.One();
        await AppendedAsync(one, e);
        await AppendedAsync(two, e);
        Assert.Single(await ReadStreamAsync(two));
        var three = NewStream();
        var twin = Events.One();
        await AppendedAsync(three, twin, twin);
        Assert.Equal(2, (await ReadStreamAsync(three)).Count);
    }

    [Fact]
    public async Task An_append_of_more_than_the_limit_is_refused_whole()
    {
        var stream = NewStream();
        var tooLarge = new EventToAppend(Guid.NewGuid(), "track", new byte[Limits.MaxAppendBytes + 1]);
        var result = await Log.AppendAsync(stream, ExpectedRevision.Any, [Events.One(), tooLarge], Token);
        Assert.Equal(Limits.MaxAppendBytes, Assert.IsType<AppendResult.TooLarge>(result).MaxBytes);
        Assert.False((await Log.ReadStreamAsync(stream, ReadDirection.Forwards, null, 1, Token)).Exists);

        var large = new EventToAppend(Guid.NewGuid(), "track", new byte[Limits.MaxAppendBytes - 10_000]) { IsJson = false };
        await AppendedAsync(stream, large);
        var read = Assert.Single(await ReadStreamAsync(stream));
        Assert.Equal(large.Data.Length, read.Data.Length);
        Assert.False(read.IsJson);
    }

    [Fact]
    public async Task Empty_names_ids_and_appends_are_errors_of_the_caller()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Log.AppendAsync("", ExpectedRevision.Any, Events.Many(1), Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Log.AppendAsync(NewStream(), ExpectedRevision.Any, [], Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () =>
            await Log.AppendAsync(NewStream(), ExpectedRevision.Any, [new EventToAppend(Guid.Empty, "track", default)], Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Log.ReadStreamAsync("", ReadDirection.Forwards, null, 1, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Log.ReadAllAsync(null, 0, StreamFilter.ExcludeSystem, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Log.ReadAllAsync(null, Limits.MaxPageEvents + 1, StreamFilter.ExcludeSystem, Token));
    }

    [Theory]
    [InlineData("customer-größe-")]
    [InlineData("顧客-")]
    [InlineData("🛒 cart / with spaces?&=%-")]
    [InlineData("a.b:c_d@e-")]
    public async Task Stream_names_are_any_unicode_text(string prefix)
    {
        var stream = NewStream(prefix);
        await AppendedAsync(stream, Events.One());
        Assert.Equal(stream, Assert.Single(await ReadStreamAsync(stream)).Stream);
        Assert.Equal(stream, Assert.Single(await ReadAllEventsAsync(StreamFilter.ByPrefix(stream))).Stream);
    }

    [Fact]
    public async Task Many_appends_are_answered_in_order_and_stand_for_themselves()
    {
        var (taken, one, two) = (NewStream(), NewStream(), NewStream());
        await AppendedAsync(taken, Events.One());
        StreamAppend[] appends =
        [
            new(one, ExpectedRevision.NoStream, Events.Many(2)),
            new(taken, ExpectedRevision.NoStream, Events.Many(1)),
            new(two, ExpectedRevision.Any, Events.Many(1)),
            new(two, ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), "track", new byte[Limits.MaxAppendBytes + 1])]),
            new(one, ExpectedRevision.At(1), Events.Many(3, from: 2)),
        ];

        var results = await Log.AppendManyAsync(appends, Token);

        Assert.Equal(5, results.Count);
        Assert.Equal(1, Assert.IsType<AppendResult.Appended>(results[0]).Revision);
        Assert.Equal(0, Assert.IsType<AppendResult.WrongExpectedRevision>(results[1]).ActualRevision);
        Assert.Equal(0, Assert.IsType<AppendResult.Appended>(results[2]).Revision);
        Assert.IsType<AppendResult.TooLarge>(results[3]);
        Assert.Equal(4, Assert.IsType<AppendResult.Appended>(results[4]).Revision);
        Assert.Equal([.. Enumerable.Range(0, 5).Select(i => $$"""{"n":{{i}}}""")], (await ReadStreamAsync(one)).Select(e => e.Body()));
    }

    [Fact]
    public async Task Many_appends_to_one_stream_keep_their_order()
    {
        var stream = NewStream();
        var appends = Enumerable.Range(0, 300).Select(i => new StreamAppend(stream, ExpectedRevision.Any, Events.Many(1, from: i))).ToArray();
        var results = await Log.AppendManyAsync(appends, Token);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), results.Select(r => Assert.IsType<AppendResult.Appended>(r).Revision));
        Assert.Equal(appends.Select(a => a.Events[0].EventId), (await ReadStreamAsync(stream)).Ids());
    }

    [Fact]
    public async Task Concurrent_appenders_get_disjoint_contiguous_revisions()
    {
        var stream = NewStream();
        const int writers = 8, rounds = 20;
        var ranges = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var mine = new List<(long Last, Guid[] Ids)>();
            for (var i = 0; i < rounds; i++)
            {
                var events = Events.Many(1 + ((writer + i) % 4));
                mine.Add(((await AppendedAsync(stream, events)).Revision, events.Ids()));
            }
            return mine;
        })));

        var stored = await ReadStreamAsync(stream);
        Assert.Equal(Enumerable.Range(0, stored.Count).Select(i => (long)i), stored.Select(e => e.Revision));
        Assert.Equal(ranges.Sum(r => r.Sum(a => a.Ids.Length)), stored.Count);
        foreach (var (last, ids) in ranges.SelectMany(r => r))
            Assert.Equal(ids, stored.Skip((int)last - ids.Length + 1).Take(ids.Length).Ids());
    }

    [Fact]
    public async Task Of_concurrent_appends_that_expect_the_same_revision_one_wins()
    {
        var stream = NewStream();
        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            Task.Run(async () => await Log.AppendAsync(stream, ExpectedRevision.NoStream, Events.Many(1), Token))));
        Assert.Single(results.OfType<AppendResult.Appended>());
        Assert.Equal(9, results.OfType<AppendResult.WrongExpectedRevision>().Count());
    }
}
