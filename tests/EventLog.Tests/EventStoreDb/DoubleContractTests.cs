using EventSourcedAnalytics.EventLog.EventStoreDb;
using EventSourcedAnalytics.EventLog.Tests.Contract;
using EventSourcedAnalytics.EventLog.Tests.EventStoreDb.Double;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>The contract through the EventStoreDB client and a server with a real one's corners.</summary>
public class DoubleContractTests : EventLogContract
{
    private ServerDouble? server;

    protected override async Task<IEventLog> OpenAsync()
    {
        if (server is null)
        {
            server = await ServerDouble.StartAsync();
            Prepare(server);
        }
        else
        {
            await server.RestartAsync();
        }
        return EventStoreDbEventLog.Open(server.ConnectionString);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }

    internal virtual void Prepare(ServerDouble started) => started.TellsPositions = true;
}

/// <summary>The same without the batch call, as servers before 21.6 are.</summary>
public sealed class OldServerContractTests : DoubleContractTests
{
    internal override void Prepare(ServerDouble started) => started.HasNoBatchAppend = true;
}
