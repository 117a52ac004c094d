using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Acceptance.Harness;

/// <summary>The whole product with a data directory of its own: a server process, its embedded log and its private Postgres.</summary>
internal sealed class AnalyticsSystem : IAsyncDisposable
{
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder folder = new("analytics-acceptance-");
    private readonly IReadOnlyList<(string Name, string Value)> settings;
    private HttpClient http = new();

    private AnalyticsSystem(IReadOnlyList<(string Name, string Value)> settings)
    {
        this.settings = settings;
        ChildProcesses.Watch(folder.Path);
    }

    /// <summary>The run of the server that is current.</summary>
    public ServerProcess Server { get; private set; } = null!;

    /// <summary>Where log, Postgres and admin key lie.</summary>
    public string DataDirectory => folder.Path;

    /// <summary>The key that opens everything.</summary>
    public string AdminKey => File.ReadAllText(folder["admin.key"]).Trim();

    /// <summary>A system that has just been started from nothing.</summary>
    /// <param name="settings">Settings of the server, as environment variables.</param>
    public static async Task<AnalyticsSystem> StartAsync(params IReadOnlyList<(string Name, string Value)> settings)
    {
        var system = new AnalyticsSystem(settings);
        await system.RestartAsync();
        return system;
    }

    /// <summary>Starts a server on what is there; the one before must have ended.</summary>
    public async Task RestartAsync()
    {
        Server = await ServerProcess.StartAsync(DataDirectory, settings);
        http.Dispose();
        http = new HttpClient { BaseAddress = Server.Address, Timeout = CatchUpLimit };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    /// <summary>Runs a command against this system.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) =>
        AnalyticsCommand.RunAsync([.. arguments, "--urls", Server.Address.ToString(), "--data-directory", DataDirectory]);

    /// <summary>Runs a GraphQL operation that must succeed; gives its data.</summary>
    public async Task<JsonObject> QueryAsync(string query, object? variables = null)
    {
        using var answer = await http.PostAsJsonAsync("graphql", new { query, variables });
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True(body["errors"] is null, body.ToJsonString());
        return body["data"]!.AsObject();
    }

    /// <summary>Makes a project.</summary>
    public async Task CreateProjectAsync(string id)
    {
        var made = await QueryAsync("mutation($input: CreateProjectInput!) { made: createProject(input: $input) { errors { message } } }", new { input = new { id } });
        Assert.Empty(made["made"]!["errors"]!.AsArray());
    }

    /// <summary>Issues a key; gives its text.</summary>
    public async Task<string> IssueKeyAsync(string project, string kind)
    {
        var issued = await QueryAsync("mutation($input: IssueKeyInput!) { issued: issueKey(input: $input) { key errors { message } } }", new { input = new { project, kind, name = "test" } });
        return (string)issued["issued"]!["key"]!;
    }

    /// <summary>Sends lines to <c>/v1/import</c>; gives the report when all of them are in the log.</summary>
    public async Task<JsonObject> SendAsync(string project, IEnumerable<string> lines)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await http.PostAsync($"v1/import?project={project}", content);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(body.Length > 0, $"The import was answered with {(int)answer.StatusCode} and no report.\n{Server.Output}");
        var report = JsonNode.Parse(body)!.AsObject();
        Assert.True((bool)report["success"]!, body);
        return report;
    }

    /// <summary>Sends lines to <c>/v1/import</c> and waits until they are in the numbers.</summary>
    public async Task<JsonObject> ImportAsync(string project, IEnumerable<string> lines)
    {
        var report = await SendAsync(project, lines);
        await StandAtHeadAsync();
        return report;
    }

    /// <summary>Sends a body to the tracking API with a write key.</summary>
    public async Task<HttpResponseMessage> TrackAsync(string endpoint, string body, string? writeKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Server.Address, "v1/" + endpoint)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (writeKey is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(writeKey + ":")));
        return await http.SendAsync(request);
    }

    /// <summary>How many positions the log has, and up to which one the read models stand.</summary>
    public async Task<(long Head, long Position)> PositionsAsync()
    {
        var system = (await QueryAsync("{ system { head position projections { position } } }"))["system"]!;
        // A definition that is being backfilled stands in a group of its own, behind the others.
        return (Number(system["head"]), system["projections"].Each().Select(row => Number(row["position"])).Append(Number(system["position"])).Min());

        static long Number(JsonNode? text) => text is null ? 0 : long.Parse((string)text!, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Returns when all read models, those of new definitions too, hold everything that is in the log now.</summary>
    public async Task StandAtHeadAsync()
    {
        var head = (await PositionsAsync()).Head;
        await UntilAsync(async () =>
        {
            var system = (await QueryAsync("{ system { position projections { state gap } } }"))["system"]!;
            return system["position"] is { } position && long.Parse(position.Text(), System.Globalization.CultureInfo.InvariantCulture) >= head
                && system["projections"].Each().All(row => row["state"].Text() != "live" || row["gap"].Whole() == 0);
        }, $"the read models to reach position {head}");
    }

    /// <summary>Asks until something holds; an answer that can't be had counts as "not yet".</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var asking = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Exception? last = null;
        for (; clock.Elapsed < CatchUpLimit; await asking.WaitForNextTickAsync())
        {
            if (!Server.IsAlive) throw new InvalidOperationException($"The server ended while a test waited for {what}:\n{Server.Output}");
            try { if (await condition()) return; }
            catch (Exception error) when (error is HttpRequestException or JsonException or Xunit.Sdk.XunitException) { last = error; }
        }
        throw new TimeoutException($"Waited {CatchUpLimit} for {what}. {last}\n{Server.Output}");
    }

    /// <summary>The hashes that <c>status --json --hash</c> prints, one a live read model (all groups of definitions together); every group must stand at the head.</summary>
    public async Task<IReadOnlyDictionary<string, string>> HashesAsync()
    {
        var status = JsonNode.Parse((await RunAsync("status", "--json", "--hash")).MustSucceed().Output)!;
        var live = status["projections"].Each().Where(row => row["state"].Text() == "live").ToList();
        Assert.All(live, row => Assert.Equal((0, 0, 0), (row["gap"].Whole(), row["parked"].Whole(), row["deferred"].Whole())));
        return live.Where(row => row["hash"] is not null).ToDictionary(row => row["projection"].Text(), row => row["hash"].Text());
    }

    /// <summary>The process id of the private Postgres; null while none is noted.</summary>
    public int? PostmasterId()
    {
        var pointer = folder["postgres/location"];
        var home = File.Exists(pointer) ? File.ReadAllText(pointer).Trim() : folder["postgres/cluster"];
        var note = Path.Combine(home, "data", "postmaster.pid");
        try { return int.TryParse(File.ReadLines(note).FirstOrDefault(), out var id) ? id : null; }
        catch (FileNotFoundException) { return null; }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        // A server that was killed leaves its Postgres running; the next one takes it over and, being the last, stops it.
        if (!Server.IsAlive) Server = await ServerProcess.StartAsync(DataDirectory, settings);
        Assert.Equal(0, await Server.StopAsync());
        folder.Dispose();
    }
}
