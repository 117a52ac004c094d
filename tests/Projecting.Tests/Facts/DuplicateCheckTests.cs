using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Facts;

/// <summary>What the filter of duplicates can't exclude is decided exactly, wherever the first of its kind lies, and with as little reading as that takes.</summary>
public sealed class DuplicateCheckTests
{
    private static readonly CustomerKey Ann = new(1);
    private static readonly CustomerKey Bob = new(2);

    private readonly InMemoryEventLog memory = new();
    private readonly DuplicateCheck check;
    private int reads;

    public DuplicateCheckTests() => check = new DuplicateCheck(new WatchedLog(memory) { BeforeReadStream = () => Interlocked.Increment(ref reads) });

    [Fact]
    public async Task What_is_sent_twice_within_a_batch_takes_no_read()
    {
        var batch = await BatchAsync((Ann, "m1"), (Bob, "m1"), (Ann, "m2"), (Ann, "m1"), (Ann, "m1"));
        Assert.Equal("---xx", await MarkAsync(batch, [3, 4]));
        Assert.Equal(0, reads);
    }

    [Fact]
    public async Task The_first_event_of_a_stream_repeats_nothing()
    {
        Assert.Equal("-", await MarkAsync(await BatchAsync((Ann, "m1")), [0]));
        Assert.Equal(0, reads);
    }

    [Fact]
    public async Task What_came_right_before_is_found_in_one_read_and_so_is_that_it_never_came()
    {
        await BatchAsync((Ann, "m1"), (Ann, "m2"), (Bob, "m3"));
        Assert.Equal("x-", await MarkAsync(await BatchAsync((Ann, "m1"), (Ann, "m3")), [0, 1]));
        Assert.Equal(2, reads);
    }

    [Fact]
    public async Task What_came_long_before_is_found_and_what_was_read_for_it_is_not_read_again()
    {
        await BatchAsync([(Ann, "m0"), .. Enumerable.Range(0, Limits.EventsSearchedBack).Select(i => (Ann, $"other{i}"))]);
        Assert.Equal("x-", await MarkAsync(await BatchAsync((Ann, "m0"), (Ann, "m1")), [0, 1]));
        var before = reads;
        Assert.Equal("xx-", await MarkAsync(await BatchAsync((Ann, "m1"), (Ann, "other0"), (Ann, "m2")), [0, 1, 2]));
        Assert.Equal(before + 1, reads);
    }

    [Fact]
    public async Task What_comes_later_only_is_no_repeat()
    {
        // The log holds more than the batch, and the stream is read to its end.
        await BatchAsync([.. Enumerable.Range(0, Limits.EventsSearchedBack + 1).Select(i => (Ann, $"other{i}"))]);
        var batch = await BatchAsync((Ann, "m1"));
        await BatchAsync((Ann, "m1"), (Ann, "m2"));
        Assert.Equal("-", await MarkAsync(batch, [0]));
    }

    // A sign for each event of the batch: x = it repeats a message.
    private async Task<string> MarkAsync(DecodedBatch batch, int[] doubtful)
    {
        await check.MarkAsync(batch, [.. doubtful.Select(index => batch.Events[index])], CancellationToken.None);
        return string.Concat(batch.Events.Select(e => e.IsDuplicate ? 'x' : '-'));
    }

    // Appends messages, and gives them as a batch.
    private async Task<DecodedBatch> BatchAsync(params (CustomerKey Customer, string Message)[] messages)
    {
        var after = memory.Events.Count;
        foreach (var (customer, message) in messages)
        {
            var e = Shop.Track(CustomerId.User("ann"), "a", 0, message: message);
            await memory.AppendAsync(
                StreamNames.Customer("p", customer), ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), EventTypes.NameOf(e.Type), StoredEventCodec.Encode(e))], CancellationToken.None);
        }
        var events = memory.Events.Skip(after).Select(recorded => EventDecoder.TryDecode(recorded)!).ToList();
        return new DecodedBatch(events, memory.Events[^1].Position, null);
    }
}
