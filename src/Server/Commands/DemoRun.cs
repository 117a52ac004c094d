using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Server.Client;
using EventSourcedAnalytics.Server.Hosting;
using EventSourcedAnalytics.Server.Printing;
using EventSourcedAnalytics.Server.Simulation;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Commands;

/// <summary>From nothing to numbers: starts the system, sends a month of a simulated shop (or a file) through the front door, prints the numbers and goes on serving.</summary>
internal static class DemoRun
{
    private const string Project = "demo";
    private const int ImportDays = 56;

    public static async Task<int> RunAsync(IConfiguration configuration, string? file, int events, ulong seed, bool exit, IAnsiConsole console, CancellationToken cancellationToken)
    {
        await using var host = await ProgressLine.RunAsync(console, "start log, Postgres and server", _ => AnalyticsHost.StartAsync(configuration, cancellationToken: cancellationToken));
        await using var client = AnalyticsClient.To(host);
        await ImportRun.EnsureProjectAsync(client, Project, cancellationToken);
        if (file is null) await SimulateAsync(client, events, seed, console, cancellationToken);
        else
        {
            var (lines, _, size) = ImportRun.Open(file);
            await using (lines) await ImportRun.RunAsync(client, Project, lines, size, console, cancellationToken);
        }
        await PrintAsync(client, console, file is null ? null : await LastEventAsync(client, cancellationToken), cancellationToken);
        PrintAddresses(console, host);
        if (exit) return 0;
        await host.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    /// <summary>Prints a project's numbers of the eight weeks up to a time (default: now).</summary>
    public static async Task PrintAsync(AnalyticsClient client, IAnsiConsole console, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime((until ?? DateTimeOffset.UtcNow).UtcDateTime);
        var sunday = today.AddDays(6 - (int)today.DayOfWeek);
        object Days(DateOnly from, DateOnly to) => new { days = new { from = from.ToString("O", System.Globalization.CultureInfo.InvariantCulture), to = to.ToString("O", System.Globalization.CultureInfo.InvariantCulture) } };
        var data = await client.QueryAsync(NumbersReport.Query, new { project = Project, weeks = Days(sunday.AddDays(1 - ImportDays), sunday), days = Days(today.AddDays(-29), today) }, cancellationToken);
        NumbersReport.Write(console, data);
    }

    private static async Task SimulateAsync(AnalyticsClient client, int events, ulong seed, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var key = await IssueWriteKeyAsync(client, cancellationToken);
        using var http = new HttpClient { BaseAddress = client.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(key + ":")));
        var truth = new ShopTruth();
        var clock = Stopwatch.StartNew();
        var sent = await ProgressLine.RunAsync(console, "a month of a simulated shop, through POST /v1/batch", progress => SendAsync(
            http, SimulatedShop.Messages(new ShopOptions { End = DateTimeOffset.UtcNow, Events = events, Seed = seed }, truth), events, progress, cancellationToken));
        await ImportRun.WaitAsync(client, sent.Position, console, cancellationToken);
        console.MarkupLine($"[bold]{Show.Count(sent.Messages)}[/] messages sent in {clock.Elapsed.TotalSeconds.ToString("F1", System.Globalization.CultureInfo.InvariantCulture)} s: " +
            $"[green]{Show.Count(sent.Messages - sent.Rejected - truth.Duplicates)} count[/], [yellow]{Show.Count(truth.Duplicates)} came twice[/], {Show.Count(truth.Late)} came late, " +
            $"[red]{Show.Count(sent.Rejected)} were refused with a reason[/]");
    }

    private static async Task<(long Messages, long Rejected, string Position)> SendAsync(
        HttpClient http, IEnumerable<SimulatedMessage> messages, int expected, Action<double, string> progress, CancellationToken cancellationToken)
    {
        long count = 0, rejected = 0;
        var position = "0";
        var gate = new Lock();
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(messages.Chunk(500), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (chunk, token) =>
        {
            using var content = new ByteArrayContent(ToBatch(chunk));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await http.PostAsync(new Uri("v1/batch", UriKind.Relative), content, token);
            var text = await answer.Content.ReadAsStringAsync(token);
            if (!answer.IsSuccessStatusCode) throw new CommandException($"The server answered {(int)answer.StatusCode}: {text}");
            var report = JsonNode.Parse(text)!;
            lock (gate)
            {
                count += chunk.Length;
                rejected += report["rejected"]?.AsArray().Count ?? 0;
                if ((string?)report["position"] is { } reached && Later(reached, position)) position = reached;
                progress(count / (double)Math.Max(count, expected), FormattableString.Invariant($"{count:N0} messages, {count / clock.Elapsed.TotalSeconds:N0} a second"));
            }
        });
        return (count, rejected, position);
    }

    private static byte[] ToBatch(SimulatedMessage[] messages)
    {
        using var body = new MemoryStream(messages.Sum(message => message.Json.Length + 1) + 32);
        body.Write("{\"batch\":["u8);
        for (var i = 0; i < messages.Length; i++)
        {
            if (i > 0) body.WriteByte((byte)',');
            body.Write(messages[i].Json);
        }
        body.Write("]}"u8);
        return body.ToArray();
    }

    private static async Task<string> IssueWriteKeyAsync(AnalyticsClient client, CancellationToken cancellationToken)
    {
        var issued = await client.QueryAsync("mutation($input: IssueKeyInput!) { issueKey(input: $input) { key errors { message } } }",
            new { input = new { project = Project, kind = "WRITE", name = "demo shop" } }, cancellationToken);
        return (string?)issued["issueKey"]!["key"] ?? throw new CommandException((string)issued["issueKey"]!["errors"]![0]!["message"]!);
    }

    private static async Task<DateTimeOffset?> LastEventAsync(AnalyticsClient client, CancellationToken cancellationToken)
    {
        var data = await client.QueryAsync("query($id: ID!) { project(id: $id) { lastEventAt } }", new { id = Project }, cancellationToken);
        return (string?)data["project"]!["lastEventAt"] is { } text ? DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    private static bool Later(string left, string right) =>
        EventLog.LogPosition.TryParse(left, out var a) && EventLog.LogPosition.TryParse(right, out var b) && a > b;

    private static void PrintAddresses(IAnsiConsole console, AnalyticsHost host)
    {
        console.WriteLine();
        console.MarkupLine($"[bold]Dashboard[/]  {new Uri(host.Address, "#key=" + host.AdminKey)}");
        console.MarkupLine($"[bold]GraphQL[/]    {new Uri(host.Address, "graphql")} (GraphiQL in a browser)");
        console.MarkupLine($"[bold]Admin key[/]  {host.AdminKey}");
    }
}
