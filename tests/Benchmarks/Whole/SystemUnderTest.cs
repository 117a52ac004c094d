using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Benchmarks.Generated;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Server.Hosting;
using EventSourcedAnalytics.Server.PrivatePostgres;
using EventSourcedAnalytics.Server.Simulation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>The whole system in this process, on a data directory of its own that goes with it.</summary>
internal sealed class SystemUnderTest : IAsyncDisposable
{
    public const string Project = "bench";

    private static readonly TimeSpan Patience = TimeSpan.FromHours(2);

    // Where the next runs find what this one made: filling a log with millions of events takes longer than many a question asked of it.
    private static readonly string? Kept = Environment.GetEnvironmentVariable("BENCHMARK_DATA");

    private readonly string directory = Kept is null ? Directory.CreateTempSubdirectory("analytics-bench-").FullName : Directory.CreateDirectory(Kept).FullName;
    private string? log;
    private AnalyticsHost? host;
    private HttpClient? http;

    /// <summary>Further settings of the server, for its next start.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public ProjectionEngine Engine => host!.Services.GetRequiredService<ProjectionEngine>();

    public Npgsql.NpgsqlDataSource Postgres => host!.Services.GetRequiredService<Npgsql.NpgsqlDataSource>();

    public IEventLog Log => host!.Services.GetRequiredService<IEventLog>();

    /// <summary>The project as it is now.</summary>
    public Projects.Project Shop => host!.Services.GetRequiredService<Projects.ProjectsView>().Projects[Project];

    /// <summary>Starts it and makes the project, if it is not there.</summary>
    /// <param name="log">Connection string of the log's server; null = the embedded log.</param>
    public static async Task<SystemUnderTest> StartAsync(string? log = null)
    {
        var system = new SystemUnderTest { log = log };
        await system.StartHostAsync();
        await system.QueryAsync("mutation { createProject(input: { id: \"bench\" }) { errors { message } } }");
        return system;
    }

    /// <summary>Starts one whose log holds a generated shop; its read models may be empty still.</summary>
    /// <returns>The system, and the position of the shop's last event.</returns>
    public static async Task<(SystemUnderTest System, LogPosition Last)> StartWithAsync(GeneratedShop shop)
    {
        var system = await StartAsync();
        var project = system.Shop;
        var full = new FileInfo(Path.Combine(system.directory, string.Create(CultureInfo.InvariantCulture, $"shop-{shop.Events}-{shop.Persons}")));
        if (!full.Exists) await system.RestartAsync(async directory =>
        {
            await using var log = EmbeddedEventLog.Open(Path.Combine(directory, "log"));
            await File.WriteAllTextAsync(full.FullName, (await ShopLog.AppendAsync(log, project, shop.All().Select(item => item.Event))).ToString());
        });
        return (system, await PositionInAsync(full));
    }

    /// <summary>Starts it again without any read model.</summary>
    public Task RestartEmptyAsync() => RestartAsync(directory =>
    {
        ForgetReadModels(directory);
        return Task.CompletedTask;
    });

    /// <summary>Removes the private Postgres of a data directory that nobody uses.</summary>
    public static void ForgetReadModels(string directory)
    {
        foreach (var place in Directory.GetFileSystemEntries(directory, "postgres*"))
            if (Directory.Exists(place)) Directory.Delete(place, recursive: true); else File.Delete(place);
    }

    /// <summary>Waits until every live read model stands at a position.</summary>
    public async Task StandAtAsync(LogPosition position)
    {
        if (!await Engine.WaitForAsync(position, Patience, default)) throw new TimeoutException($"The read models do not come to {position}: {Engine.LastFailure}");
    }

    /// <summary>Waits until the states of persons stand where the read models stand.</summary>
    public async Task HaveWrittenStatesAsync()
    {
        await using var left = Postgres.CreateCommand("select exists (select from projecting.instances where states_left)");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var clock = Stopwatch.StartNew(); await left.ExecuteScalarAsync() is true; await timer.WaitForNextTickAsync())
            if (clock.Elapsed > Patience) throw new TimeoutException($"States stay in memory: {Engine.LastFailure}");
    }

    /// <summary>Stops it, lets somebody change what lies on disk, and starts it again.</summary>
    public async Task RestartAsync(Func<string, Task>? between = null)
    {
        await StopAsync();
        if (between is not null) await between(directory);
        await StartHostAsync();
    }

    /// <summary>The first messages of a simulated shop, as bodies of <c>/v1/batch</c>.</summary>
    public static byte[][] Bodies(int events, int batch) => [.. EachBody(events, batch)];

    /// <summary>Posts bodies with some requests in flight; gives the last position and each request's time in milliseconds.</summary>
    public async Task<(LogPosition Position, double[] Milliseconds)> PostAsync(IEnumerable<byte[]> bodies, int inFlight)
    {
        var authorization = await KeyAsync();
        var times = new List<double>();
        var last = LogPosition.At(0);
        var gate = new Lock();
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = inFlight }, async (body, token) =>
        {
            var start = Stopwatch.GetTimestamp();
            var position = await PostAsync(body, authorization, token);
            lock (gate)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (position > last) last = position;
            }
        });
        return (last, [.. times]);
    }

    /// <summary>Posts a simulated shop; one that is kept from an earlier run is there already.</summary>
    /// <returns>The position of its last event.</returns>
    public async Task<LogPosition> PostShopAsync(int events)
    {
        var full = new FileInfo(Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"posted-{events}")));
        if (!full.Exists) await File.WriteAllTextAsync(full.FullName, (await PostAsync(EachBody(events, 500), 8)).Position.ToString());
        return await PositionInAsync(full);
    }

    /// <summary>Posts bodies one every interval, whether the ones before are answered or not; gives the last position, and tells each as it is acknowledged.</summary>
    public async Task<LogPosition> PaceAsync(byte[][] bodies, TimeSpan interval, Action<LogPosition> acknowledged)
    {
        var authorization = await KeyAsync();
        var clock = Stopwatch.StartNew();
        var posts = new List<Task<LogPosition>>(bodies.Length);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(1, interval.TotalMilliseconds)));
        while (posts.Count < bodies.Length)
        {
            for (var due = (int)Math.Min(bodies.Length, clock.Elapsed / interval); posts.Count < due;) posts.Add(PostedAsync(bodies[posts.Count]));
            await timer.WaitForNextTickAsync();
        }
        return (await Task.WhenAll(posts)).Max();

        async Task<LogPosition> PostedAsync(byte[] body)
        {
            var position = await PostAsync(body, authorization, default);
            acknowledged(position);
            return position;
        }
    }

    /// <summary>Runs a GraphQL operation that must succeed.</summary>
    public async Task<JsonObject> QueryAsync(string query)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { query }), Encoding.UTF8, "application/json");
        using var answer = await http!.PostAsync(new Uri("graphql", UriKind.Relative), content);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        return body["errors"] is null ? body["data"]!.AsObject() : throw new InvalidOperationException(body["errors"]!.ToJsonString());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Kept is null) await PrivatePostgresCluster.DeleteWithDataAsync(directory);
    }

    private static async Task<LogPosition> PositionInAsync(FileInfo file) =>
        LogPosition.TryParse(await File.ReadAllTextAsync(file.FullName), out var last) ? last : throw new InvalidOperationException($"{file} says no position.");

    private static IEnumerable<byte[]> EachBody(int events, int batch) =>
        SimulatedShop.Messages(new ShopOptions { End = new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero), Events = events }).Select(message => message.Json).Chunk(batch)
            .Select(chunk => Encoding.UTF8.GetBytes("{\"batch\":[" + string.Join(",", chunk.Select(Encoding.UTF8.GetString)) + "]}"));

    private async Task<AuthenticationHeaderValue> KeyAsync()
    {
        var key = (string)(await QueryAsync("mutation { issueKey(input: { project: \"bench\", kind: WRITE, name: \"bench\" }) { key } }"))["issueKey"]!["key"]!;
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(key + ":")));
    }

    // A body of which nothing counts has no position.
    private async Task<LogPosition> PostAsync(byte[] body, AuthenticationHeaderValue authorization, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/batch", UriKind.Relative)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = authorization;
        using var answer = await http!.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(text);
        return LogPosition.TryParse(json.RootElement.GetProperty("position").GetString(), out var position) ? position : LogPosition.At(0);
    }

    private async Task StartHostAsync()
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(new Dictionary<string, string?>(Settings) { ["Data:Directory"] = directory, ["EventStore:ConnectionString"] = log }).Build();
        host = await AnalyticsHost.StartAsync(configuration, "http://127.0.0.1:0");
        await Engine.BegunAsync(default);
        http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.AdminKey);
    }

    private async Task StopAsync()
    {
        http?.Dispose();
        if (host is not null) await host.DisposeAsync();
    }
}

/// <summary>Order statistics of some times.</summary>
internal static class Percentiles
{
    public static double Of(double[] values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : Math.Round(sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)], 2);
    }
}
