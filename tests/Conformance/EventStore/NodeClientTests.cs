using System.Diagnostics;
using System.Net;
using System.Text.Json;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.Embedded.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Conformance.EventStore;

/// <summary>The official Node clients of EventStoreDB and KurrentDB, unchanged, against the node's face of an embedded log.</summary>
public sealed class NodeClientTests
{
    /// <summary>How many scenarios scenarios.mjs has; a number here, so that none can go missing unseen.</summary>
    private const int Scenarios = 23;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData("@eventstore/db-client", "esdb")]
    [InlineData("@kurrent/kurrentdb-client", "esdb")]
    [InlineData("@kurrent/kurrentdb-client", "esdb+discover")]
    public async Task A_client_of_EventStoreDB_can_not_tell_the_difference(string package, string scheme)
    {
        var harness = await HarnessAsync();
        var directory = Directory.CreateTempSubdirectory("event-log-node-").FullName;
        try
        {
            await using var log = EmbeddedEventLog.Open(directory);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseEventStoreNode()));
            await using var app = builder.Build();
            app.MapEventStoreNode(log);
            await app.StartAsync();
            var port = new Uri(app.Urls.Single()).Port;

            var lines = await RunAsync(harness, "node", "run.mjs", package, $"{scheme}://127.0.0.1:{port}?tls=false");

            var results = lines.Select(line => JsonSerializer.Deserialize<Result>(line, JsonSerializerOptions.Web)!).ToArray();
            Assert.Empty(results.Where(r => !r.Ok).Select(r => $"{r.Name}: {r.Error}"));
            Assert.Equal(Scenarios, results.Length);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The harness's folder in the checkout, with its packages installed as the lock file says.</summary>
    private static async Task<string> HarnessAsync()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EventSourcedAnalytics.sln"))) folder = folder.Parent;
        var harness = Path.Combine(folder!.FullName, "tests", "Conformance", "eventstore");
        if (!Directory.Exists(Path.Combine(harness, "node_modules"))) await RunAsync(harness, "npm", "ci", "--no-audit", "--no-fund");
        return harness;
    }

    private static async Task<string[]> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
            return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private sealed record Result(string Name, bool Ok, string? Error);
}
