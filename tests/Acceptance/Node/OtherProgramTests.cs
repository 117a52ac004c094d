using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Node;

/// <summary>What other programs write with the official clients is in the numbers like everything else.</summary>
public class OtherProgramTests
{
    private const int OrdersEach = 20;
    private const string Line = """{"type":"track","event":"Order Completed","userId":"u1","messageId":"m1","timestamp":"2024-05-05T12:00:00Z","properties":{"order_id":"o1","total":10.5,"currency":"USD"}}""";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task What_official_clients_append_to_the_node_is_projected()
    {
        var port = FreePort().ToString(CultureInfo.InvariantCulture);
        await using var system = await AnalyticsSystem.StartAsync(("EventStore__NodePort", port));
        await system.CreateProjectAsync("shop");
        await system.ImportAsync("shop", [Line]);
        var harness = Path.Combine(Root(), "tests", "Conformance", "eventstore");
        if (!Directory.Exists(Path.Combine(harness, "node_modules"))) await RunAsync(harness, "npm", "ci", "--no-audit", "--no-fund");

        foreach (var package in new[] { "@eventstore/db-client", "@kurrent/kurrentdb-client" })
            await RunAsync(harness, "node", "write-orders.mjs", package, $"esdb://127.0.0.1:{port}?tls=false", OrdersEach.ToString(CultureInfo.InvariantCulture));

        await system.StandAtHeadAsync();
        var data = await system.QueryAsync("""{ project(id: "shop") { revenue(range: { days: { from: "2024-05-01", to: "2024-05-31" } }) { duplicates unreadable currencies { orders gross { amountMinor } } } } }""");
        var revenue = data["project"]!["revenue"]!;
        var orders = 1 + (2 * OrdersEach);
        var currency = Assert.Single(revenue["currencies"].Each());
        Assert.Equal((0, 0, orders, orders * 1_050), (revenue["duplicates"].Whole(), revenue["unreadable"].Whole(), currency["orders"].Whole(), currency["gross"]!["amountMinor"].Whole()));
        (await system.RunAsync("verify")).MustSucceed();
    }

    private static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "EventSourcedAnalytics.sln"))) root = root.Parent;
        return root.FullName;
    }

    private static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardError = true })!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var errors = await process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {errors}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
