using EventSourcedAnalytics.EventLog.EventStoreDb;
using EventSourcedAnalytics.EventLog.Tests.Contract;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>The contract through the EventStoreDB client and the node's face of an embedded log.</summary>
public sealed class NodeContractTests : EventLogContract
{
    private NodeHost? node;

    protected override async Task<IEventLog> OpenAsync()
    {
        if (node is null) node = await NodeHost.StartAsync();
        else await node.RestartAsync();
        return EventStoreDbEventLog.Open(node.ConnectionString);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (node is not null) await node.DisposeAsync();
    }
}
