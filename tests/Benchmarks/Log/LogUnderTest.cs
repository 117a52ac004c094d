using System.Diagnostics;
using System.Globalization;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.EventStoreDb;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>
/// A log to measure, in a fresh directory that goes with it: <c>embedded</c> in this process, <c>node</c> = an embedded log served as an EventStoreDB
/// node by another process, or the server of a connection string.
/// </summary>
internal sealed class LogUnderTest : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("event-log-bench-").FullName;
    private Process? node;

    private LogUnderTest(string adapter) => Adapter = adapter;

    public string Adapter { get; }

    public IEventLog Log { get; private set; } = null!;

    /// <summary>Where another client finds the same log; null for the embedded one.</summary>
    public string? ConnectionString { get; private set; }

    public static async Task<LogUnderTest> StartAsync(string adapter)
    {
        var test = new LogUnderTest(adapter.Contains("://", StringComparison.Ordinal) ? "server" : adapter);
        if (adapter == "embedded")
        {
            test.Log = EmbeddedEventLog.Open(test.directory);
            return test;
        }
        test.ConnectionString = adapter == "node" ? await test.StartNodeAsync() : adapter;
        test.Log = EventStoreDbEventLog.Open(test.ConnectionString);
        return test;
    }

    /// <summary>Takes the adapter out of a command line: the first argument, if it is no number; else the embedded log.</summary>
    public static (string Adapter, string[] Others) Of(string[] args) =>
        args.Length > 0 && !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? (args[0], args[1..]) : ("embedded", args);

    /// <summary>Begins to measure.</summary>
    public Cost NewCost() => new(node);

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        if (node is not null)
        {
            node.StandardInput.Close();
            await node.WaitForExitAsync();
            node.Dispose();
        }
        Directory.Delete(directory, recursive: true);
    }

    private async Task<string> StartNodeAsync()
    {
        node = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? [typeof(LogUnderTest).Assembly.Location] : Array.Empty<string>(), "log-node", directory])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        var port = await node.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The node did not start.");
        return $"esdb://127.0.0.1:{port}?tls=false";
    }
}
