using EventSourcedAnalytics.GraphQL.Execution;

namespace EventSourcedAnalytics.GraphQL.Tests;

public class DocumentCacheTests
{
    [Fact]
    public void A_document_is_prepared_once()
    {
        var cache = new DocumentCache<string>(10);
        var made = 0;
        for (var i = 0; i < 3; i++)
            cache.GetOrAdd([1, 2], _ => $"{++made}");
        Assert.Equal(1, made);
    }

    [Fact]
    public void The_cache_never_outgrows_its_capacity()
    {
        var cache = new DocumentCache<string>(10);
        for (var i = 0; i < 1000; i++)
        {
            cache.GetOrAdd(BitConverter.GetBytes(i), _ => "");
            Assert.True(cache.Count <= 10, $"{cache.Count} documents");
        }
    }

    [Fact]
    public void What_is_used_stays()
    {
        var cache = new DocumentCache<string>(10);
        var made = 0;
        for (var i = 0; i < 100; i++)
        {
            cache.GetOrAdd([255], _ => $"{++made}");
            cache.GetOrAdd([(byte)i], _ => "");
        }
        Assert.Equal(1, made);
    }
}
