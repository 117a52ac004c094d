using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.Tests.Contract;

namespace EventSourcedAnalytics.EventLog.Tests.Embedded;

public sealed class EmbeddedContractTests : EventLogContract
{
    private readonly TempDirectory directory = new();

    protected override Task<IEventLog> OpenAsync() => Task.FromResult<IEventLog>(EmbeddedEventLog.Open(directory.Path));

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        directory.Dispose();
    }
}

/// <summary>The same with blocks, caches and index flushes so small that every boundary is crossed all the time.</summary>
public sealed class SmallBlocksContractTests : EventLogContract
{
    private static readonly EmbeddedOptions Small = new() { BlockBytes = 700, IndexFlushEvents = 7, WalBytes = 100_000, TailCacheBytes = 2_000 };

    private readonly TempDirectory directory = new();

    protected override Task<IEventLog> OpenAsync() => Task.FromResult<IEventLog>(EmbeddedEventLog.Open(directory.Path, Small));

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        directory.Dispose();
    }
}
