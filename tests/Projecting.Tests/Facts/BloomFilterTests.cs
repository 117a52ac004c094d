using System.Buffers.Binary;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projecting.Tests.Harness;

namespace EventSourcedAnalytics.Projecting.Tests.Facts;

public sealed class BloomFilterTests
{
    [Fact]
    public void What_was_added_is_never_forgotten_however_often_it_grows()
    {
        var filter = new BloomFilter(firstBytes: 1_024);
        for (var i = 0; i < 50_000; i++) filter.Add(HashOf(i));
        for (var i = 0; i < 50_000; i++) Assert.True(filter.Add(HashOf(i)), $"{i} was forgotten.");
    }

    [Fact]
    public void One_part_errs_in_about_one_case_of_a_thousand()
    {
        var filter = new BloomFilter(firstBytes: 256_000); // 2,048,000 bits for 128,000 entries
        for (var i = 0; i < 128_000; i++) filter.Add(HashOf(i));
        var bytes = filter.Bytes;
        var errors = 128_000 - filter.Count;
        var wrong = 0;
        for (var i = 128_000; i < 138_000; i++) if (filter.Add(HashOf(i))) wrong++;
        Assert.InRange(errors, 0, 100);
        Assert.InRange(wrong, 1, 40);
        Assert.Equal(256_000, bytes);
    }

    [Fact]
    public void It_takes_at_most_about_thirty_two_bits_an_entry_beyond_its_first_part()
    {
        var filter = new BloomFilter(firstBytes: 1_024);
        for (var i = 0; i < 200_000; i++) filter.Add(HashOf(i));
        Assert.InRange(filter.Bytes * 8.0 / filter.Count, 16, 34);
    }

    [Fact]
    public void The_filter_of_duplicates_knows_a_message_by_customer_and_id_whatever_its_length_and_whether_it_was_stored()
    {
        var (given, stored) = (new DuplicateFilter(), new DuplicateFilter());
        var (ann, bob) = (new CustomerKey(1), new CustomerKey(2));
        foreach (var id in new[] { "", "m", "a \"quoted\" one", new string('x', 170), new string('漢', 170), new string('x', 171), new string('漢', 5_000) })
        {
            var e = Shop.Track(CustomerId.User("ann"), "a", 0, message: id);
            var back = StoredEventCodec.Decode(StoredEventCodec.Encode(e), "track", 1);
            foreach (var (filter, first, again) in new[] { (given, e, back), (stored, back, e) })
            {
                Assert.Empty(filter.Add([EventOf(ann, first)]));
                Assert.Empty(filter.Add([EventOf(bob, first, isHashed: true)]));
                var repeated = EventOf(ann, again, isHashed: true);
                Assert.Equal([repeated], filter.Add([repeated]));
            }
        }
    }

    [Fact]
    public void The_filter_of_duplicates_tells_those_of_a_batch_too_and_leaves_unreadable_events_out()
    {
        var filter = new DuplicateFilter();
        var events = Enumerable.Range(0, 100).Select(i => EventOf(new CustomerKey(1), Shop.Track(CustomerId.User("ann"), "a", 0, message: $"m{i % 40}"))).ToList();
        events.Insert(3, new DecodedEvent { ProjectId = "p", Customer = new CustomerKey(1), Position = 3, Unreadable = "broken" });
        Assert.Equal(events[41..], filter.Add(events));
        Assert.Equal(40, filter.Count);
    }

    private static DecodedEvent EventOf(CustomerKey customer, AnalyticsEvent e, bool isHashed = false) =>
        new() { ProjectId = "p", Customer = customer, Position = e.Position, Event = e, MessageHash = isHashed ? MessageHash.Of(customer, e) : default };

    private static UInt128 HashOf(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Hash128.Of(bytes);
    }
}
