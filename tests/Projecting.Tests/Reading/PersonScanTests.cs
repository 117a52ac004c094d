using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Reading;

/// <summary>The events of many persons, found by reading the whole log: the same as their streams hold, however little room there is.</summary>
public sealed class PersonScanTests
{
    private const int Events = 600;
    private const long Through = 550;

    private static readonly CustomerKey[] Customers = [.. Enumerable.Range(1, 60).Select(i => new CustomerKey(new UInt128((ulong)i << 40, (ulong)i)))];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2_000)]
    [InlineData(3, 9_000)]
    [InlineData(4, 40_000)]
    [InlineData(5, 10_000_000)]
    public async Task A_person_has_the_events_that_its_streams_have(int seed, long maxBytes)
    {
        var (log, facts, persons) = await HistoryAsync(new Random(seed));
        await using var watched = new WatchedLog(log);
        var byStream = new PersonReader(log, facts);
        var (next, passes) = (0, 0);
        await foreach (var slice in new PersonScan(watched, facts, maxBytes).ReadAsync(persons, Through, CancellationToken.None))
        {
            Assert.Equal((next, ++passes), (slice.First, (int)Math.Ceiling(watched.EventsRead / (double)Events)));
            Assert.True(slice.End > next);
            var bytes = 0L;
            for (next = slice.First; next < slice.End; next++)
            {
                var (found, wanted) = (slice.Read(next), await byStream.ReadAsync("p", persons[next], Through, CancellationToken.None));
                Assert.Equal(Lines(wanted), Lines(found));
                Assert.Equal(wanted.Failure, found.Failure);
                bytes += found.Streams.Sum(stream => stream.Events.Sum(e => (long)StoredEventCodec.Encode(e).Length));
            }
            Assert.True(bytes <= maxBytes || slice.End == slice.First + 1, $"{bytes} bytes of {slice.End - slice.First} persons were held.");
        }
        Assert.Equal(persons.Count, next);
        if (maxBytes == 1) Assert.Equal(persons.Count, passes);
        if (maxBytes == 10_000_000) Assert.Equal(1, passes);
    }

    [Theory]
    [InlineData(9, 0, false)]
    [InlineData(10, 2_500, true)]
    [InlineData(10, 2_501, false)]
    public async Task The_log_is_read_where_so_many_are_asked_for_that_it_costs_less_than_their_streams(int count, long logEvents, bool isScanned)
    {
        var (log, facts, persons) = await HistoryAsync(new Random(6));
        var streams = 0;
        await using var watched = new WatchedLog(log) { BeforeReadStream = () => Interlocked.Increment(ref streams) };
        var found = new string[count];

        await new PersonReader(watched, facts, scannedPersons: 10).ForEachAsync(
            [.. persons.Take(count).Select(person => ("p", person))], Through, logEvents, (number, read) => found[number] = Lines(read), CancellationToken.None);

        Assert.Equal((isScanned, !isScanned), (watched.EventsRead > 0, streams > 0));
        for (var number = 0; number < count; number++)
            Assert.Equal(Lines(await new PersonReader(log, facts).ReadAsync("p", persons[number], Through, CancellationToken.None)), found[number]);
    }

    // Persons of one to three customers; one of them has a third of all events, some have none. Some events are duplicates, some can't be read, some are nobody's who is asked for.
    private static async Task<(InMemoryEventLog Log, FactsView Facts, IReadOnlyList<IReadOnlyList<CustomerKey>> Persons)> HistoryAsync(Random random)
    {
        var (log, facts) = (new InMemoryEventLog(), new FactsView());
        var duplicates = new List<long>();
        var heavy = random.Next(Customers.Length);
        for (var i = 1; i <= Events; i++)
        {
            var customer = Customers[random.Next(3) == 0 ? heavy : random.Next(Customers.Length)];
            var sent = Shop.Track(CustomerId.User("u"), new string((char)('a' + (i % 26)), random.Next(1, 30)), i);
            var data = random.Next(40) == 0 ? "no JSON"u8.ToArray() : StoredEventCodec.Encode(sent);
            await log.AppendAsync(StreamNames.Customer("p", customer), ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), "track", data)], CancellationToken.None);
            if (random.Next(10) == 0) duplicates.Add(i);
        }
        facts.Write(writer => duplicates.ForEach(position => writer.AddDuplicate("p", position)));
        var persons = new List<IReadOnlyList<CustomerKey>>();
        for (var i = 0; i < Customers.Length - 5;)
        {
            var end = Math.Min(i + random.Next(1, 4), Customers.Length - 5);
            persons.Add(Customers[i..end]);
            i = end;
        }
        persons.Add([new CustomerKey(12345)]);
        // A mark that was left under the key of a customer which was joined since is the same person again.
        persons.Add(persons[2]);
        persons.Add(persons[0]);
        return (log, facts, persons);
    }

    private static string Lines(PersonEvents read) => string.Join('\n', read.Streams.Select(stream => $"{stream.Customer}: {string.Join(' ', stream.Events.Select(e => $"{e.Position}{e.Name}{e.OccurredAt}"))}"));
}
