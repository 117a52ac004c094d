using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>Every person comes up once, with all its events, and no more events are held at a time than may be, wherever the keys lie.</summary>
public sealed class PersonSlicesTests
{
    private const int MaxHeld = 50;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task No_slice_holds_more_than_may_be_held_but_a_person_that_has_more(int seed, bool isClumped)
    {
        var random = new Random(seed);
        await using var memory = new InMemoryEventLog();
        await using var log = new WatchedLog(memory);
        var keys = Enumerable.Range(0, 40).Select(i => new CustomerKey(isClumped ? (UInt128)i : new UInt128((ulong)random.NextInt64() << 1, 0))).ToList();
        // One of them has more events than may be held, and comes again and again between the others.
        var (heavy, wanted) = (keys[random.Next(keys.Count)], new Dictionary<CustomerKey, int>());
        for (var i = 0; i < 400; i++)
        {
            var key = random.Next(4) == 0 ? heavy : keys[random.Next(keys.Count)];
            await AppendAsync(memory, key, i);
            wanted[key] = wanted.GetValueOrDefault(key) + 1;
        }
        var passes = new LogPasses(log, LogPosition.At(400), 400, MaxHeld, null);
        await passes.ReadAsync(static _ => { }, CancellationToken.None);
        var told = new List<(long Pass, CustomerKey Person, int Events)>();
        await new PersonSlices(passes, new NaiveFacts(static _ => null)).ForEachAsync((_, events) => told.Add((log.EventsRead / 400, events[0].Customer, events.Count)), CancellationToken.None);

        Assert.True(wanted[heavy] > MaxHeld);
        Assert.Equal(wanted.OrderBy(item => item.Key), told.Select(item => KeyValuePair.Create(item.Person, item.Events)).OrderBy(item => item.Key));
        Assert.All(told.GroupBy(item => item.Pass), slice => Assert.True(slice.Count() == 1 || slice.Sum(item => item.Events) <= MaxHeld));
        Assert.InRange(log.EventsRead / 400, 400 / MaxHeld, 20);
    }

    private static async Task AppendAsync(InMemoryEventLog log, CustomerKey customer, int at) => Assert.IsType<AppendResult.Appended>(await log.AppendAsync(
        StreamNames.Customer("p", customer), ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), "track", StoredEventCodec.Encode(Shop.Track(CustomerId.User("u"), "a", at)))], CancellationToken.None));
}
