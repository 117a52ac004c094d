using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Acceptance.Cdnow;
using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Node;

/// <summary>
/// The whole platform on a log in another process: one system serves its embedded log as an EventStoreDB node, another one is told to use that
/// node. Whichever of the two dies in the middle of an import, both end with the numbers and the hashes of a system that has its log to itself.
/// </summary>
public class OtherProcessTests
{
    private const int Lines = 12_000;

    [SharedFact("data")]
    public async Task A_platform_on_a_node_in_another_process_has_the_same_numbers_and_hashes_whoever_dies_meanwhile()
    {
        var lines = RealData.Lines(CdnowNumbers.File)[..Lines];
        var port = FreePort().ToString(CultureInfo.InvariantCulture);
        var embedded = EmbeddedAsync(lines);
        await using var node = await AnalyticsSystem.StartAsync(("EventStore__NodePort", port));
        await using var platform = await AnalyticsSystem.StartAsync(("EventStore__ConnectionString", $"esdb://127.0.0.1:{port}?tls=false"));
        Assert.False(Directory.Exists(Path.Combine(platform.DataDirectory, "log")));
        await platform.CreateProjectAsync(CdnowNumbers.Project);

        // The platform dies.
        var first = platform.SendAsync(CdnowNumbers.Project, lines[..(Lines / 2)]);
        await UntilHeadAsync(platform, Lines / 5, first);
        await platform.Server.KillAsync();
        await MayBreakAsync(first);
        await platform.RestartAsync();

        // The node is away when the import begins, and goes twice more, once as asked and once as in a power cut; the import does not notice.
        Assert.Equal(0, await node.Server.StopAsync());
        var all = platform.SendAsync(CdnowNumbers.Project, lines);
        await node.RestartAsync();
        await UntilHeadAsync(node, Lines * 2 / 3, all);
        Assert.Equal(0, await node.Server.StopAsync());
        await node.RestartAsync();
        await UntilHeadAsync(node, Lines * 5 / 6, all);
        await node.Server.KillAsync();
        await node.RestartAsync();
        await all;

        await platform.StandAtHeadAsync();
        var orders = lines.Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(
            (Lines, orders.Sum(order => (long)((decimal)order["properties"]!["total"]! * 100)), orders.Select(order => order["userId"].Text()).Distinct().LongCount()),
            await CdnowNumbers.TotalsAsync(platform));
        var hashes = await embedded;
        Assert.Equal(hashes, await platform.HashesAsync());
        (await platform.RunAsync("rebuild", "all")).MustSucceed();
        Assert.Equal(hashes, await platform.HashesAsync());

        // The node's own platform folds the same log.
        await node.StandAtHeadAsync();
        Assert.Equal(hashes, await node.HashesAsync());
    }

    private static async Task<IReadOnlyDictionary<string, string>> EmbeddedAsync(string[] lines)
    {
        await using var system = await AnalyticsSystem.StartAsync();
        await system.CreateProjectAsync(CdnowNumbers.Project);
        await system.ImportAsync(CdnowNumbers.Project, lines);
        return await system.HashesAsync();
    }

    private static Task UntilHeadAsync(AnalyticsSystem system, long head, Task import) =>
        system.UntilAsync(async () => import.IsCompleted || (await system.PositionsAsync()).Head >= head, $"event {head} in the log");

    private static async Task MayBreakAsync(Task import)
    {
        try { await import; }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or TaskCanceledException)
        {
            // The connection went with the server.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
