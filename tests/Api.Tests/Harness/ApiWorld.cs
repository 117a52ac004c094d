using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Ingestion;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projections.Activity;
using EventSourcedAnalytics.Projections.Cohorts;
using EventSourcedAnalytics.Projections.Funnels;
using EventSourcedAnalytics.Projections.Revenue;
using EventSourcedAnalytics.Projections.Sessions;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventSourcedAnalytics.Api.Tests.Harness;

/// <summary>The schema over a log in memory, a real Postgres and a running engine: one for all tests, each with projects of its own.</summary>
public sealed class ApiWorld : IAsyncLifetime
{
    private ServiceProvider services = null!;
    private readonly Dictionary<string, ApiProject> shared = new(StringComparer.Ordinal);
    private int projects;

    /// <summary>The clock that answers are cut with: noon of 2024-03-10, UTC.</summary>
    public static DateTimeOffset Now { get; } = new(2024, 3, 10, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The log's clock.</summary>
    public DateTimeOffset LogTime { get; set; } = Now;

    public InMemoryEventLog Log { get; }

    public ApiWorld() => Log = new InMemoryEventLog(new LogClock(this));

    public ProjectionEngine Engine => services.GetRequiredService<ProjectionEngine>();

    public async Task InitializeAsync()
    {
        var source = NpgsqlDataSource.Create(await PostgresFixture.FreshDatabaseAsync());
        services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(new Clock()).AddSingleton<IEventLog>(Log).AddSingleton(source).AddSingleton(new AdminKey("admin"))
            .AddProjects().AddIngestion().AddSingleton<Projection, FunnelsProjection>().AddSingleton<Projection, CohortsProjection>().AddSingleton<Projection, RevenueProjection>()
            .AddSingleton<Projection, ActivityProjection>().AddSingleton<Projection, SessionsProjection>().AddSingleton<ProjectionCatalog>().AddSingleton<ProjectionEngine>()
            .AddAnalyticsApi().BuildServiceProvider();
        await Engine.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

    /// <summary>A fresh project.</summary>
    public async Task<ApiProject> CreateAsync(string timeZone = "UTC")
    {
        var id = $"shop-{Interlocked.Increment(ref projects)}";
        await DataAsync($"mutation {{ createProject(input: {{ id: \"{id}\", timeZone: \"{timeZone}\" }}) {{ errors {{ message }} }} }}");
        return new ApiProject(this, id);
    }

    /// <summary>A project that several tests only read, made by the first of them.</summary>
    public async Task<ApiProject> SharedAsync(string name, Func<Task<ApiProject>> make)
    {
        if (!shared.TryGetValue(name, out var project)) shared.Add(name, project = await make());
        return project;
    }

    public async Task<Project> FindAsync(string id) => (await services.GetRequiredService<ProjectsView>().CatchUpAsync(CancellationToken.None)).Projects[id];

    /// <summary>Runs an operation that must succeed.</summary>
    public async Task<JsonObject> DataAsync(string query, object? variables = null, ClaimsPrincipal? user = null)
    {
        var response = await ExecuteAsync(query, variables, user);
        Assert.True(response["errors"] is null, response["errors"]?.ToJsonString());
        return response["data"]!.AsObject();
    }

    /// <summary>Runs an operation that must fail, and gives the code and the message of its first error.</summary>
    public async Task<(string? Code, string Message)> ErrorAsync(string query, object? variables = null, ClaimsPrincipal? user = null)
    {
        var response = await ExecuteAsync(query, variables, user);
        var error = Assert.IsType<JsonArray>(response["errors"])[0]!;
        return ((string?)error["extensions"]?["code"], (string)error["message"]!);
    }

    public async Task<JsonObject> ExecuteAsync(string query, object? variables = null, ClaimsPrincipal? user = null) =>
        JsonNode.Parse(Assert.IsType<OperationResult>(await RunAsync(query, variables, user, CancellationToken.None)).ToJson())!.AsObject();

    /// <summary>Opens a subscription; each message is a whole response.</summary>
    public async IAsyncEnumerable<JsonObject> SubscribeAsync(
        string query, ClaimsPrincipal? user = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var result = await RunAsync(query, null, user, cancellationToken);
        if (result is OperationResult refused)
        {
            yield return JsonNode.Parse(refused.ToJson())!.AsObject();
            yield break;
        }
        await foreach (var message in ((ResponseStream)result).Results.WithCancellation(cancellationToken)) yield return JsonNode.Parse(message.ToJson())!.AsObject();
    }

    private Task<ExecutionResult> RunAsync(string query, object? variables, ClaimsPrincipal? user, CancellationToken cancellationToken) =>
        services.GetRequiredService<RequestExecutor>().ExecuteAsync(
            new OperationRequest(query) { User = user ?? ApiPrincipal.Operator, Variables = variables is null ? null : JsonSerializer.SerializeToElement(variables, JsonSerializerOptions.Web) }, cancellationToken);

    private sealed class LogClock(ApiWorld world) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => world.LogTime;
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

/// <summary>All tests of this project share one world.</summary>
[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiWorld>
{
    public const string Name = "api";
}

/// <summary>A project of a test.</summary>
public sealed class ApiProject(ApiWorld world, string id)
{
    private int messages;

    public string Id => id;

    /// <summary>Appends events and waits until every read model has them.</summary>
    /// <returns>The position of the last.</returns>
    public async Task<string> SendAsync(params Sent[] events)
    {
        var project = await world.FindAsync(id);
        var last = default(LogPosition);
        foreach (var sent in events)
        {
            var e = sent.ToEvent($"m{++messages}");
            var stream = StreamNames.Customer(id, CustomerKeys.Of(project.CustomerSecret, e.Customer));
            var result = await world.Log.AppendAsync(stream, ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), EventTypes.NameOf(e.Type), StoredEventCodec.Encode(e))], CancellationToken.None);
            last = Assert.IsType<AppendResult.Appended>(result).Position;
        }
        Assert.True(await world.Engine.WaitForAsync(last, TimeSpan.FromSeconds(30), CancellationToken.None), world.Engine.LastFailure);
        return last.ToString();
    }

    /// <summary>Asks for fields of the project.</summary>
    public async Task<JsonObject> AskAsync(string fields, ClaimsPrincipal? user = null) =>
        (await world.DataAsync($"{{ project(id: \"{id}\") {{ {fields} }} }}", null, user))["project"]!.AsObject();

    /// <summary>Asks for fields of the project that must fail.</summary>
    public Task<(string? Code, string Message)> ErrorAsync(string fields, ClaimsPrincipal? user = null) => world.ErrorAsync($"{{ project(id: \"{id}\") {{ {fields} }} }}", null, user);

    /// <summary>Who holds a read key of the project.</summary>
    public async Task<ClaimsPrincipal> ReaderAsync(bool customerData = false)
    {
        await world.DataAsync($"mutation {{ issueKey(input: {{ project: \"{id}\", kind: READ, name: \"dashboard\", customerData: {(customerData ? "true" : "false")} }}) {{ key }} }}");
        var project = await world.FindAsync(id);
        return ApiPrincipal.Of(project, project.Keys.Values.Last(key => key.CustomerData == customerData));
    }

    /// <summary>Asks twice, of the read model and (as of the same position) of the events: both must say the same, and the first must not have looked at the events.</summary>
    /// <param name="report">The field with its arguments in parentheses; <c>ASOF</c> stands for the argument.</param>
    /// <param name="fields">What is asked of it.</param>
    public async Task<JsonObject> AskBothAsync(string report, string fields)
    {
        var stored = (await AskAsync($"report: {report.Replace(", ASOF", "", StringComparison.Ordinal)} {{ {fields} asOf {{ projection position }} }}"))["report"]!.AsObject();
        var position = (string)stored["asOf"]!["position"]!;
        Assert.NotEqual("explorer", (string?)stored["asOf"]!["projection"]);
        var explored = (await AskAsync($"report: {report.Replace("ASOF", $"asOf: {{ position: \"{position}\" }}", StringComparison.Ordinal)} {{ {fields} asOf {{ projection position }} }}"))["report"]!.AsObject();
        Assert.Equal("explorer", (string?)explored["asOf"]!["projection"]);
        stored.Remove("asOf");
        explored.Remove("asOf");
        Assert.Equal(stored.ToJsonString(), explored.ToJsonString());
        return stored;
    }
}

/// <summary>An event of a test.</summary>
/// <param name="Customer">A user id; with <c>~</c> in front an anonymous id.</param>
/// <param name="Name">What happened.</param>
/// <param name="At">When, RFC 3339; a date alone is its noon.</param>
/// <param name="Properties">JSON.</param>
public sealed record Sent(string Customer, string Name, string At, string Properties = "{}")
{
    /// <summary>Binds an anonymous id to a user id.</summary>
    public string? Anonymous { get; init; }

    public EventType Type { get; init; } = EventType.Track;

    public string? Session { get; init; }

    public static Sent Identify(string user, string? anonymous, string at, string traits = "{}") => new(user, "identify", at, traits) { Anonymous = anonymous, Type = EventType.Identify };

    public AnalyticsEvent ToEvent(string messageId)
    {
        var at = Instant.Parse(At.Length == 10 ? At + "T12:00:00Z" : At);
        var json = JsonObjectSlice.FromText(Properties);
        return new AnalyticsEvent
        {
            Customer = Customer.StartsWith('~') ? CustomerId.Anonymous(Customer[1..]) : CustomerId.User(Customer),
            AnonymousId = Anonymous,
            SessionId = Session,
            Name = Name,
            Type = Type,
            OccurredAt = at,
            ReceivedAt = at,
            MessageId = messageId,
            Properties = Type == EventType.Identify ? default : json,
            Traits = Type == EventType.Identify ? json : default,
        };
    }
}

/// <summary>Reads answers.</summary>
internal static class Answers
{
    public static string Json(this JsonNode? node) => node?.ToJsonString() ?? "null";

    /// <summary>The ids of a list of persons.</summary>
    public static IReadOnlyList<string> Ids(this JsonNode? connection) => [.. connection!["nodes"]!.AsArray().Select(node => (string)node!["id"]!)];
}
