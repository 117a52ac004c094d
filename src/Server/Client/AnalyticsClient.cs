using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Server.Hosting;

namespace EventSourcedAnalytics.Server.Client;

/// <summary>A command could not be done; the message says what to do.</summary>
internal sealed class CommandException(string message) : Exception(message);

/// <summary>
/// How commands talk to the system: to the server that runs, or, where none does, to one started for this command on a free loopback port. Either way by the same API.
/// </summary>
internal sealed class AnalyticsClient : IAsyncDisposable
{
    private readonly HttpClient http;
    private readonly AnalyticsHost? own;

    private AnalyticsClient(Uri address, string adminKey, AnalyticsHost? own)
    {
        this.own = own;
        http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
    }

    /// <summary>Where it talks to.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>The host that this process runs itself, or null.</summary>
    public AnalyticsHost? Host => own;

    /// <summary>The running server, or null if none answers.</summary>
    public static async Task<AnalyticsClient?> TryConnectAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        var settings = ServerSettings.From(configuration);
        var address = new Uri(settings.Urls.Split(';')[0].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("*", "127.0.0.1", StringComparison.Ordinal));
        using var probe = new HttpClient { BaseAddress = address, Timeout = Limits.ServerProbe };
        try
        {
            using var answer = await probe.GetAsync(new Uri("health/live", UriKind.Relative), cancellationToken);
            if (!answer.IsSuccessStatusCode || await answer.Content.ReadAsStringAsync(cancellationToken) != "live") return null;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        return new AnalyticsClient(address, AdminKeyFile.Resolve(settings).Text, null);
    }

    /// <summary>The running server.</summary>
    /// <exception cref="CommandException">None answers.</exception>
    public static async Task<AnalyticsClient> ConnectAsync(IConfiguration configuration, CancellationToken cancellationToken) =>
        await TryConnectAsync(configuration, cancellationToken)
        ?? throw new CommandException($"No server answers at {ServerSettings.From(configuration).Urls}. Start one with 'analytics serve', or set Urls to where it runs.");

    /// <summary>The running server, or one of this process that has its projections in hand.</summary>
    public static async Task<AnalyticsClient> ConnectOrStartAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        if (await TryConnectAsync(configuration, cancellationToken) is { } running) return running;
        var started = await StartAsync(configuration, cancellationToken);
        try
        {
            await started.own!.Services.GetRequiredService<ProjectionEngine>().BegunAsync(cancellationToken);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>A server of this process.</summary>
    public static async Task<AnalyticsClient> StartAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        var host = await AnalyticsHost.StartAsync(configuration, "http://127.0.0.1:0", cancellationToken: cancellationToken);
        return new AnalyticsClient(host.Address, host.AdminKey, host);
    }

    /// <summary>Talks to a host of this process without owning it.</summary>
    public static AnalyticsClient To(AnalyticsHost host) => new(host.Address, host.AdminKey, null);

    /// <summary>Runs a GraphQL operation and gives the whole response.</summary>
    public async Task<JsonObject> ExecuteAsync(string query, JsonNode? variables, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["query"] = query, ["variables"] = variables?.DeepClone() };
        using var answer = await http.PostAsJsonAsync(new Uri("graphql", UriKind.Relative), body, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        try { return JsonNode.Parse(text)!.AsObject(); }
        catch (JsonException) { throw new CommandException($"{Address} answered {(int)answer.StatusCode}: {text}"); }
    }

    /// <summary>Runs a GraphQL operation that must succeed and gives its data.</summary>
    /// <exception cref="CommandException">The response has errors.</exception>
    public async Task<JsonObject> QueryAsync(string query, object? variables, CancellationToken cancellationToken)
    {
        var response = await ExecuteAsync(query, JsonSerializer.SerializeToNode(variables, JsonSerializerOptions.Web), cancellationToken);
        if (response["errors"] is JsonArray { Count: > 0 } errors) throw new CommandException(string.Join("\n", errors.Select(error => (string?)error?["message"])));
        return response["data"]!.AsObject();
    }

    /// <summary>Starts a job by a mutation that gives one, and waits for its end.</summary>
    /// <param name="mutation">A mutation field with arguments, for example <c>startRebuild(input: ...)</c>.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <returns>The job's result.</returns>
    public async Task<string> RunJobAsync(string mutation, Action<double, string> progress, CancellationToken cancellationToken)
    {
        var started = await QueryAsync($"mutation {{ job: {mutation} {{ id }} }}", null, cancellationToken);
        var id = (string)started["job"]!["id"]!;
        while (true)
        {
            var data = await QueryAsync("query($id: ID!) { job(id: $id) { state fraction message result error } }", new { id }, cancellationToken);
            var job = data["job"]?.AsObject() ?? throw new CommandException("The server knows nothing of the job any more; was it restarted?");
            if ((string?)job["state"] == "DONE") return (string?)job["result"] ?? "";
            if ((string?)job["state"] == "FAILED") throw new CommandException((string?)job["error"] ?? "The job failed.");
            progress((double)job["fraction"]!, (string)job["message"]!);
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }

    /// <summary>Sends a body to <c>/v1/import</c> and gives the report.</summary>
    public async Task<JsonObject> ImportAsync(string project, Stream lines, CancellationToken cancellationToken)
    {
        using var content = new StreamContent(lines, 128 * 1024);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await http.PostAsync(new Uri($"v1/import?project={Uri.EscapeDataString(project)}", UriKind.Relative), content, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return JsonNode.Parse(text) as JsonObject ?? throw new CommandException($"{Address} answered {(int)answer.StatusCode}: {text}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (own is not null) await own.DisposeAsync();
    }
}
