using System.Buffers.Binary;
using EventSourcedAnalytics.Projecting.Facts;

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
    public void One_part_errs_in_about_one_case_of_a_hundred()
    {
        var filter = new BloomFilter(firstBytes: 125_000); // 1,000,000 bits for 100,000 entries
        for (var i = 0; i < 100_000; i++) filter.Add(HashOf(i));
        var bytes = filter.Bytes;
        var wrong = 0;
        var errors = 100_000 - filter.Count;
        for (var i = 100_000; i < 101_000; i++) if (filter.Add(HashOf(i))) wrong++;
        Assert.InRange(errors, 0, 1_000);
        Assert.InRange(wrong, 1, 25);
        Assert.Equal(125_000, bytes);
    }

    [Fact]
    public void It_takes_at_most_about_twenty_bits_an_entry_beyond_its_first_part()
    {
        var filter = new BloomFilter(firstBytes: 1_024);
        for (var i = 0; i < 200_000; i++) filter.Add(HashOf(i));
        Assert.InRange(filter.Bytes * 8.0 / filter.Count, 10, 22);
    }

    [Fact]
    public void The_filter_of_duplicates_knows_a_message_by_customer_and_id_whatever_its_length()
    {
        var filter = new DuplicateFilter();
        var (ann, bob) = (new Analysis.Events.CustomerKey(1), new Analysis.Events.CustomerKey(2));
        foreach (var id in new[] { "", "m", new string('x', 170), new string('漢', 170), new string('x', 171), new string('漢', 5_000) })
        {
            Assert.False(filter.Add(ann, id));
            Assert.False(filter.Add(bob, id));
            Assert.True(filter.Add(ann, id));
        }
    }

    private static UInt128 HashOf(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Hash128.Of(bytes);
    }
}
