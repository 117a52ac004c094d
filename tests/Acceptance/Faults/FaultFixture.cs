using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>
/// The run without faults: a whole system with an embedded log, which also serves that log to others as an EventStoreDB node. Its own read models say what must come out
/// of any other run over the same log.
/// </summary>
public sealed class FaultFixture : IAsyncLifetime
{
    public const string Project = "shop";

    private const int Events = 3_000;

    /// <summary>Where the node listens.</summary>
    public int NodePort { get; } = FreePort();

    internal AnalyticsSystem System { get; private set; } = null!;

    /// <summary>How every other system reaches the log.</summary>
    public string EventStore => string.Create(CultureInfo.InvariantCulture, $"esdb://127.0.0.1:{NodePort}?tls=false");

    public async Task InitializeAsync()
    {
        System = await AnalyticsSystem.StartAsync(("EventStore__NodePort", NodePort.ToString(CultureInfo.InvariantCulture)));
        await System.CreateProjectAsync(Project);
        await System.ImportAsync(Project, FaultHistory.Lines(1, Events));
    }

    /// <summary>The hashes of the run without faults, over the log as it is now.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> HashesAsync()
    {
        await System.StandAtHeadAsync();
        return Member.HashesOf(await System.QueryAsync(Member.HashQuestion));
    }

    public async Task DisposeAsync() => await System.DisposeAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>One run without faults for all of these tests.</summary>
[CollectionDefinition(Name)]
public sealed class FaultsCollection : ICollectionFixture<FaultFixture>
{
    public const string Name = "faults";
}
