using EventSourcedAnalytics.EventLog.EventStoreDb;
using EventSourcedAnalytics.EventLog.Tests.Contract;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>
/// The contract on a server that others use too: the one that <c>EVENTSTORE_TEST_CONNECTION</c> names, or a node that holds strangers' streams and
/// system events, and gets more of them all the time. All streams of the tests begin with one prefix and are deleted after each test.
/// </summary>
public sealed class SharedServerContractTests(SharedServer server) : EventLogContract, IClassFixture<SharedServer>
{
    protected override string Prefix { get; } = $"analytics-contract-{Guid.NewGuid():N}-";

    protected override Task<IEventLog> OpenAsync() => Task.FromResult<IEventLog>(
        new EventStoreDbEventLog(EventStoreSettings.Create(server.ConnectionString)) { IdentityStream = Prefix + "identity" });

    public override async Task DisposeAsync()
    {
        await using var client = new EventStoreClient(EventStoreSettings.Create(server.ConnectionString));
        var own = await ReadAllEventsAsync(StreamFilter.ByPrefix(Prefix, "$" + Prefix));
        foreach (var stream in own.Select(e => e.Stream).Distinct()) await client.DeleteAsync(stream, ExpectedRevision.Any, Token);
        await base.DisposeAsync();
    }
}

/// <summary>The server that is shared, and on a node of our own the others that use it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private const int EventsBefore = 3_000;

    private readonly CancellationTokenSource stop = new();
    private NodeHost? node;
    private EventStoreClient? stranger;
    private Task writing = Task.CompletedTask;

    public string ConnectionString { get; private set; } = Environment.GetEnvironmentVariable("EVENTSTORE_TEST_CONNECTION") ?? "";

    public async Task InitializeAsync()
    {
        if (ConnectionString.Length > 0) return;
        node = await NodeHost.StartAsync();
        ConnectionString = node.ConnectionString;
        stranger = new EventStoreClient(EventStoreSettings.Create(ConnectionString));
        for (var i = 0; i < EventsBefore; i += 100) await WriteAsync(i, 100);
        writing = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            for (var i = 0; !stop.IsCancellationRequested && await timer.WaitForNextTickAsync(); i++) await WriteAsync(i, 2);
        });
    }

    public async Task DisposeAsync()
    {
        await stop.CancelAsync();
        await writing;
        if (stranger is not null) await stranger.DisposeAsync();
        if (node is not null) await node.DisposeAsync();
        stop.Dispose();
    }

    private Task WriteAsync(int n, int count)
    {
        var (stream, type) = (n % 5) switch
        {
            0 => ("$stats-127.0.0.1:2113", "$statsCollected"),
            1 => ("$epoch-information", "$epoch-information"),
            2 => ("$$invoice-" + (n % 7), "$metadata"),
            _ => ("invoice-" + (n % 7), "customer invoiced"),
        };
        return stranger!.AppendToStreamAsync(stream, ExpectedRevision.Any, [.. Enumerable.Range(0, count).Select(_ => Events.One(type: type))]);
    }
}
