using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Folding;

namespace EventSourcedAnalytics.Projecting.Tests.Folding;

/// <summary>Whose states stay in memory.</summary>
public sealed class StateCacheTests
{
    [Fact]
    public void Within_the_limit_everybody_stays()
    {
        var cache = CacheOf(batches: 4, personsOfEach: 25);
        cache.Trim(100);
        Assert.Equal(100, cache.Count);
        Assert.True(cache.IsComplete);
    }

    [Fact]
    public void Who_was_asked_for_longest_ago_goes_first()
    {
        var cache = CacheOf(batches: 10, personsOfEach: 20);
        // The first two persons of all come again.
        cache.BeginBatch();
        cache.Forget(Person(0));
        cache.Forget(Person(1));
        cache.Trim(100);
        Assert.False(cache.IsComplete);
        // Three quarters of the limit: the two, and the last three batches whole.
        Assert.Equal(Enumerable.Range(0, 200).Where(number => number < 2 || number >= 140), Enumerable.Range(0, 200).Where(number => cache.Holds(Person(number))));
        cache.Trim(100);
        Assert.Equal(62, cache.Count);
    }

    [Fact]
    public void More_of_one_batch_than_may_stay_all_go()
    {
        var cache = CacheOf(batches: 1, personsOfEach: 101);
        cache.Trim(100);
        Assert.Equal(0, cache.Count);
        Assert.False(cache.IsComplete);
        cache.Forget(Person(0));
        Assert.Equal([Person(0)], cache.TakeDirty(Partitioner.PartitionOf(Person(0))).Gone);
    }

    [Theory]
    [InlineData(0, 400_000)]
    [InlineData(4L << 30, 400_000)]
    [InlineData(24L << 30, 1_572_864)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void A_larger_machine_keeps_more_persons(long bytes, int persons) => Assert.Equal(persons, EngineSettings.CachedPersonsFor(bytes));

    private static StateCache CacheOf(int batches, int personsOfEach)
    {
        var cache = new StateCache();
        cache.Clear(isComplete: true);
        for (var batch = 0; batch < batches; batch++)
        {
            cache.BeginBatch();
            for (var i = 0; i < personsOfEach; i++) cache.Forget(Person((batch * personsOfEach) + i));
        }
        for (var partition = 0; partition < Limits.FoldPartitions; partition++) cache.TakeDirty(partition).Dispose();
        return cache;
    }

    private static CustomerKey Person(int number) => new((UInt128)(uint)number * 0x9E3779B97F4A7C15);
}
