using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Server.Client;
using EventSourcedAnalytics.Server.Printing;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Commands;

/// <summary>Sends a file of messages through the front door, waits until the numbers stand at its end, and says what became of it.</summary>
internal static class ImportRun
{
    /// <summary>Makes the project if it doesn't exist.</summary>
    public static async Task EnsureProjectAsync(AnalyticsClient client, string project, CancellationToken cancellationToken)
    {
        var known = await client.QueryAsync("query($id: ID!) { project(id: $id) { id } }", new { id = project }, cancellationToken);
        if (known["project"] is not null) return;
        var made = await client.QueryAsync("mutation($input: CreateProjectInput!) { createProject(input: $input) { errors { message } } }", new { input = new { id = project } }, cancellationToken);
        if (made["createProject"]!["errors"] is JsonArray { Count: > 0 } errors) throw new CommandException((string)errors[0]!["message"]!);
    }

    /// <summary>Imports a stream of lines.</summary>
    /// <returns>0 if all lines were read and the log took them; lines that were refused don't change that.</returns>
    public static async Task<int> RunAsync(AnalyticsClient client, string project, Stream file, long? size, IAnsiConsole console, CancellationToken cancellationToken)
    {
        await EnsureProjectAsync(client, project, cancellationToken);
        var before = (string?)(await client.QueryAsync("{ system { head } }", null, cancellationToken))["system"]!["head"];
        var clock = Stopwatch.StartNew();
        await using var counted = new CountingStream(file);
        var report = await ProgressLine.RunAsync(console, $"import into {project}", async progress =>
        {
            var sending = client.ImportAsync(project, counted, cancellationToken);
            while (await Task.WhenAny(sending, Task.Delay(200, cancellationToken)) != sending)
                progress(size is > 0 ? counted.Count / (double)size : 0, FormattableString.Invariant($"{counted.Count / 1e6:F1} MB read"));
            return await sending;
        });
        if ((bool)report["success"]! is false)
        {
            Print(console, report, 0, clock.Elapsed);
            throw new CommandException($"The import stopped: {(string?)report["message"]}");
        }
        if ((string?)report["position"] is { } position) await WaitAsync(client, position, console, cancellationToken);
        // Who sends to the same project meanwhile may repeat messages, too.
        Print(console, report, Math.Min((long)report["accepted"]!, await DuplicatesAsync(client, project, before, cancellationToken)), clock.Elapsed);
        return 0;
    }

    /// <summary>Opens a file of lines; <c>-</c> is standard input. Packed files are unpacked here.</summary>
    /// <exception cref="CommandException">There is no such file.</exception>
    public static (Stream Lines, Func<long> BytesRead, long? Size) Open(string path)
    {
        if (path == "-") return (Console.OpenStandardInput(), () => 0, null);
        if (!File.Exists(path)) throw new CommandException($"There is no file '{path}'.");
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024);
        var isPacked = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        return (isPacked ? new GZipStream(file, CompressionMode.Decompress) : file, () => file.Position, isPacked ? null : file.Length);
    }

    /// <summary>Waits until all live read models stand at a position.</summary>
    public static Task WaitAsync(AnalyticsClient client, string position, IAnsiConsole console, CancellationToken cancellationToken) =>
        ProgressLine.RunAsync(console, "projections catch up", async progress =>
        {
            var target = Position(position);
            while (true)
            {
                var system = (await client.QueryAsync("{ system { position eventsPerSecond lastFailure } }", null, cancellationToken))["system"]!;
                var stands = Position((string?)system["position"]);
                if (stands >= target) return true;
                progress(target == 0 ? 1 : stands / (double)target, FormattableString.Invariant($"position {stands:N0} of {target:N0}, {(double)system["eventsPerSecond"]!:N0} events/s") +
                    ((string?)system["lastFailure"] is { } failure ? $" (stopped: {failure})" : ""));
                await Task.Delay(150, cancellationToken);
            }
        });

    private static async Task<long> DuplicatesAsync(AnalyticsClient client, string project, string? after, CancellationToken cancellationToken) =>
        (long)(await client.QueryAsync("query($id: ID!, $after: String) { project(id: $id) { duplicates(after: $after) } }", new { id = project, after }, cancellationToken))["project"]!["duplicates"]!;

    private static void Print(IAnsiConsole console, JsonObject report, long duplicates, TimeSpan elapsed)
    {
        long Number(string field) => (long)report[field]!;
        var repeated = duplicates + Number("repeated");
        console.MarkupLine($"[bold]{Show.Count(Number("lines"))}[/] lines in {elapsed.TotalSeconds.ToString("F1", System.Globalization.CultureInfo.InvariantCulture)} s: " +
            $"[green]{Show.Count(Number("accepted") - duplicates)} accepted[/], [yellow]{Show.Count(repeated)} duplicate[/], [red]{Show.Count(Number("rejected"))} rejected[/]; " +
            $"the log stands at position {report["position"]}");
        foreach (var (code, count) in report["rejectedByCode"]!.AsObject()) console.MarkupLine($"  [red]{Show.Count((long)count!)}[/] {Markup.Escape(code)}");
        foreach (var example in report["examples"]!.AsArray().Take(5))
            console.MarkupLine($"  [grey]line {example!["line"]}: {Markup.Escape((string)example["message"]!)}[/]");
    }

    private static long Position(string? text) => EventLog.LogPosition.TryParse(text, out var position) ? position.Commit : 0;
}

/// <summary>Counts what is read through it.</summary>
internal sealed class CountingStream(Stream inner) : Stream
{
    private long count;

    public long Count => Interlocked.Read(ref count);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int length) => Counted(inner.Read(buffer, offset, length));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Counted(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int length, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, length), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int length) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int Counted(int read)
    {
        Interlocked.Add(ref count, read);
        return read;
    }
}
