using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Ingestion.Tests;

/// <summary>The front door in a real host over a log in memory, with a project "shop" and its write key.</summary>
internal sealed class Door : IAsyncDisposable
{
    private readonly WebApplication app;

    private Door(WebApplication app, InMemoryEventLog log, ManualClock clock)
    {
        this.app = app;
        Log = log;
        Clock = clock;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public InMemoryEventLog Log { get; }

    public ManualClock Clock { get; }

    public HttpClient Http { get; }

    public string WriteKey { get; private set; } = "";

    public ProjectsView Projects => app.Services.GetRequiredService<ProjectsView>();

    public Project Shop => Projects.Projects["shop"];

    public Importer Importer => app.Services.GetRequiredService<Importer>();

    public static async Task<Door> OpenAsync(Action<IngestionOptions>? configure = null)
    {
        var (log, clock) = (new InMemoryEventLog(), new ManualClock());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IEventLog>(log);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddProjects().AddIngestion(configure);
        var app = builder.Build();
        app.MapIngestion();
        await app.StartAsync();
        var door = new Door(app, log, clock);
        await door.DoAsync(new CreateProject("shop", "Shop"));
        door.WriteKey = (await door.DoAsync(new IssueKey("shop", KeyKind.Write, "test"))).Text;
        return door;
    }

    /// <summary>Carries out a command and waits until the front door knows of it.</summary>
    public async Task<T> DoAsync<T>(ICommand<T> command)
    {
        var done = Assert.IsType<Result<T>.Done>(await app.Services.GetRequiredService<IMediator>().Send(command));
        await Projects.WaitForAsync(done.Position, CancellationToken.None);
        return done.Value;
    }

    /// <summary>Sends a command that must be refused and gives back the code.</summary>
    public async Task<string> RefusedAsync<T>(ICommand<T> command) =>
        Assert.IsType<Result<T>.Refused>(await app.Services.GetRequiredService<IMediator>().Send(command)).Errors[0].Code;

    /// <summary>Posts a body as a server-side sender does.</summary>
    public async Task<Reply> PostAsync(string path, string body, string? key = null, Action<HttpRequestMessage>? adjust = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/" + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes((key ?? WriteKey) + ":")));
        adjust?.Invoke(request);
        using var response = await Http.SendAsync(request);
        return await Reply.FromAsync(response);
    }

    /// <summary>Posts one message and gives back how it is stored.</summary>
    public async Task<AnalyticsEvent> StoreAsync(string path, string body)
    {
        var reply = await PostAsync(path, body);
        Assert.True(reply.Status == 200 && reply.Json.GetProperty("accepted").GetInt32() == 1, reply.Json.ToString());
        return Stored()[^1];
    }

    /// <summary>Posts one message that must be refused and gives back the code.</summary>
    public async Task<string> RefuseAsync(string path, string body)
    {
        var customers = Stored().Count;
        var reply = await PostAsync(path, body);
        Assert.Equal(200, reply.Status);
        Assert.Equal(customers, Stored().Count);
        return Assert.Single(reply.Rejected).GetProperty("code").GetString()!;
    }

    /// <summary>All customers' events, by position.</summary>
    public IReadOnlyList<AnalyticsEvent> Stored() => [.. Log.Events.Where(e => e.Stream.StartsWith("customer-", StringComparison.Ordinal))
        .Select(e => StoredEventCodec.Decode(e.Data, e.Type, e.Position.Commit))];

    /// <summary>All refused events, as stored.</summary>
    public IReadOnlyList<JsonElement> Refused() => [.. Log.EventsOf("rejected-shop").Select(e => JsonDocument.Parse(e.Data).RootElement)];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
    }
}

/// <summary>An answer of the front door.</summary>
internal sealed record Reply(int Status, JsonElement Json, HttpResponseHeaders Headers)
{
    public IReadOnlyList<JsonElement> Rejected => [.. Json.GetProperty("rejected").EnumerateArray()];

    public string? Code => Json.GetProperty("code").GetString();

    public static async Task<Reply> FromAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return new Reply((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, response.Headers);
    }
}
