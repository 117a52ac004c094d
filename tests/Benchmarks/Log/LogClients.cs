using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>All rows of one log: <c>log-all [ADAPTER]</c>, a line each.</summary>
public static class LogAll
{
    internal static readonly (int InFlight, int Batch)[] Appends = [(1, 1), (32, 1), (128, 1), (1, 500), (4, 500), (32, 500)];

    public static async Task<string> RunAsync(string[] args)
    {
        var (adapter, _) = LogUnderTest.Of(args);
        await using var test = await LogUnderTest.StartAsync(adapter);
        foreach (var (inFlight, batch) in Appends) Print(await LogAppend.MeasureAsync(test, inFlight, batch, EventsOf(inFlight, batch, adapter)));
        Print(await LogAppendMany.MeasureAsync(test, 8, 100, adapter == "embedded" ? 400_000 : 100_000));
        Print(await LogReadAll.MeasureAsync(test, 2_000));
        Print(await LogCatchUp.MeasureAsync(test, 2_000));
        Print(await LogReadStream.MeasureAsync(test, 5_000, 1));
        Print(await LogDelivery.MeasureAsync(test, 1_000, 1));
        return "";
    }

    internal static int EventsOf(int inFlight, int batch, string adapter) => (inFlight, batch) switch
    {
        (1, 1) => 2_000,
        (_, 1) => 40_000,
        _ => adapter == "embedded" ? 400_000 : 200_000,
    };

    internal static void Print(object row) => Console.WriteLine(LogBenchmark.Line(row));
}

/// <summary>
/// Our client and an official one against the same server in one run: <c>log-clients [ADAPTER] [npm package]</c>, a line for each row with both rates and
/// their ratio. Needs Node.js and the packages of tests/Conformance/eventstore.
/// </summary>
public static class LogClients
{
    private const int ReadEvents = 200_000;

    public static async Task<string> RunAsync(string[] args)
    {
        var (adapter, rest) = LogUnderTest.Of(args.Length > 0 ? args : ["node"]);
        var package = rest.Length > 0 ? rest[0] : "@kurrent/kurrentdb-client";
        await using var test = await LogUnderTest.StartAsync(adapter);
        foreach (var (inFlight, batch) in LogAll.Appends)
        {
            var events = LogAll.EventsOf(inFlight, batch, adapter);
            var theirs = await TheirsAsync(test, package, "append", inFlight, batch, events);
            Print(await LogAppend.MeasureAsync(test, inFlight, batch, events), theirs);
        }
        await LogBenchmark.FillAsync(test.Log, ReadEvents);
        Print(await LogReadAll.MeasureAsync(test, 2_000), await TheirsAsync(test, package, "read", ReadEvents));
        Print(await LogCatchUp.MeasureAsync(test, 2_000), await TheirsAsync(test, package, "subscribe", ReadEvents));
        var delivery = await TheirsAsync(test, package, "delivery", 1_000);
        Print(await LogDelivery.MeasureAsync(test, 1_000, 1), delivery);
        return "";
    }

    private static void Print(LogRow ours, Theirs theirs) => LogAll.Print(new
    {
        benchmark = "log-clients", row = ours.Benchmark, ours.Adapter, ours.InFlight, ours.Batch, ours = ours.EventsPerSecond, theirs = theirs.EventsPerSecond,
        ratio = Math.Round(IsPaced(ours) ? theirs.P50Milliseconds!.Value / ours.P50Milliseconds!.Value : (double)ours.EventsPerSecond / theirs.EventsPerSecond, 2), oursP50Milliseconds = ours.P50Milliseconds, theirsP50Milliseconds = theirs.P50Milliseconds,
        oursP99Milliseconds = ours.P99Milliseconds, theirsP99Milliseconds = theirs.P99Milliseconds, ours.AllocatedBytesPerEvent,
    });

    // One event after another, with pauses: there only the time of each tells.
    private static bool IsPaced(LogRow row) => row.Benchmark == "log-delivery";

    private static async Task<Theirs> TheirsAsync(LogUnderTest test, string package, string row, params int[] numbers)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "EventSourcedAnalytics.sln"))) folder = folder.Parent;
        var place = Path.Combine(folder.FullName, "tests", "Conformance", "eventstore");
        if (!Directory.Exists(Path.Combine(place, "node_modules"))) throw new InvalidOperationException($"The other clients are not installed: run 'npm ci' in {place}.");
        string[] arguments = ["bench.mjs", package, test.ConnectionString ?? throw new InvalidOperationException("The embedded log has no other clients; use node or a connection string."),
            row, .. numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))];
        using var process = Process.Start(new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = place, RedirectStandardOutput = true,
        })!;
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonSerializer.Deserialize<Theirs>(line, JsonSerializerOptions.Web) ?? throw new InvalidOperationException("The other client did not finish.");
    }

    private sealed record Theirs(long EventsPerSecond, double? P50Milliseconds, double? P99Milliseconds);
}
