using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>A server as a process of its own, on a log and a database that others share.</summary>
internal sealed partial class ServerUnderTest : IAsyncDisposable
{
    private const string AdminKey = "ak_of_the_benchmarks";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly HttpClient http;

    private ServerUnderTest(Process process, Uri address)
    {
        this.process = process;
        http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    /// <summary>Starts one and waits until it serves.</summary>
    /// <param name="directory">Its data directory.</param>
    /// <param name="log">Connection string of the log; null = the embedded one.</param>
    /// <param name="postgres">Connection string of the database; null = its private one.</param>
    public static async Task<ServerUnderTest> StartAsync(string directory, string? log = null, string? postgres = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "analytics.dll"), "serve", "--urls", "http://127.0.0.1:0", "--data-directory", directory]) { RedirectStandardOutput = true };
        (start.Environment["EventStore__ConnectionString"], start.Environment["ConnectionStrings__Postgres"], start.Environment["Auth__AdminKey"]) = (log, postgres, AdminKey);
        var process = Process.Start(start)!;
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (Serving().Match(line) is not { Success: true } match) continue;
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new ServerUnderTest(process, new Uri(match.Groups[1].Value));
            }
            throw new InvalidOperationException("The server ended before it served.");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Runs a GraphQL operation that must succeed.</summary>
    public async Task<JsonObject> QueryAsync(string query)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { query }), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("graphql", UriKind.Relative), content);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        return body["errors"] is null ? body["data"]!.AsObject() : throw new InvalidOperationException(body["errors"]!.ToJsonString());
    }

    /// <summary>Ends it as a power cut would; others notice before this returns.</summary>
    public void Kill() => process.Kill();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    [GeneratedRegex("serving on (http://[0-9.:]+)")]
    private static partial Regex Serving();
}
