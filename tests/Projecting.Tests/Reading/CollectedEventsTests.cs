using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Reading;

/// <summary>What is copied of many persons' events comes out as it went in, also where room was made.</summary>
public sealed class CollectedEventsTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 400)]
    [InlineData(3, 1_000_000)]
    public async Task Each_person_has_its_events_in_their_order_until_it_is_forgotten(int seed, int blockBytes)
    {
        const int first = 5;
        var random = new Random(seed);
        var collected = new CollectedEvents(first, first + 20, blockBytes);
        var wanted = Enumerable.Range(first, 20).ToDictionary(person => person, _ => new List<string>());
        var sizes = new Dictionary<int, long>();
        for (var i = 0; i < 2_000; i++)
        {
            var (person, customer) = (random.Next(first, collected.End), new CustomerKey((UInt128)random.Next(3)));
            var (type, data) = (random.Next(2) == 0 ? "track" : "identify", new string((char)('a' + (i % 26)), random.Next(200)));
            var before = collected.Bytes;
            collected.Add(person, customer, await RecordedAsync(type, data));
            sizes[person] = sizes.GetValueOrDefault(person) + collected.Bytes - before;
            wanted[person].Add($"{customer} 1 {type} {data}");
            if (random.Next(150) == 0) Narrow(collected.Bytes * 3 / 4);
        }
        Narrow(1);
        Assert.Equal(first + 1, collected.End);

        void Narrow(long maxBytes)
        {
            var before = collected.End;
            collected.Narrow(maxBytes);
            var held = Enumerable.Range(first, collected.End - first).Sum(person => sizes.GetValueOrDefault(person));
            Assert.Equal(held, collected.Bytes);
            Assert.True(held <= maxBytes || collected.End == first + 1, "More is held than there is room for.");
            Assert.True(collected.End == before || held + sizes.GetValueOrDefault(collected.End) > maxBytes, "There was room for one more.");
            for (var person = first; person < collected.End; person++)
                Assert.Equal(wanted[person], collected.Of(person).Select(e => $"{e.Customer} {e.Position} {e.Type} {Encoding.UTF8.GetString(e.Data.Span)}"));
        }
    }

    private static async Task<RecordedEvent> RecordedAsync(string type, string data)
    {
        await using var log = new InMemoryEventLog();
        await log.AppendAsync("s", ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), type, Encoding.UTF8.GetBytes(data))], CancellationToken.None);
        return log.Events[0];
    }
}
