using System.Text.Json;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.GraphQL.TypeSystem;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSourcedAnalytics.Conformance.GraphQL;

/// <summary>The GraphQL room against npm's referees, each a script in graphql/ that prints its findings as JSON.</summary>
public sealed class GraphQLConformanceTests : IAsyncLifetime
{
    private readonly WebApplication _app = CreateServer();

    public Task InitializeAsync() => _app.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Random_documents_are_answered_as_graphql_js_answers_them(int seed)
    {
        var report = await RunAsync("differential.mjs", seed.ToString(System.Globalization.CultureInfo.InvariantCulture), "3000");
        Assert.True(report.GetProperty("differences").GetArrayLength() == 0, report.GetRawText());
        foreach (var kind in new[] { "valid", "syntaxErrors", "validationErrors", "coercionErrors", "fieldErrors" })
            Assert.True(report.GetProperty(kind).GetInt32() > 20, $"The generator made too few documents of kind {kind}: {report.GetRawText()}");
    }

    [Fact]
    public async Task The_audits_of_GraphQL_over_HTTP_pass()
    {
        var results = (await RunAsync("http-audit.mjs")).EnumerateArray().ToList();
        Assert.True(results.Count > 50, $"Only {results.Count} audits ran.");
        var failed = results.Where(r => r.GetProperty("status").GetString() != "ok").Select(r => r.GetRawText()).ToList();
        Assert.True(failed.Count == 0, string.Join('\n', failed));
    }

    [Fact]
    public async Task Clients_of_graphql_ws_get_what_the_protocol_promises()
    {
        var findings = await RunAsync("ws-client.mjs");
        Expect(findings, "query", """{"seen":[{"data":{"__typename":"Query"}}],"complete":true}""");
        Expect(findings, "subscription", """{"seen":[{"data":{"counting":1}},{"data":{"counting":2}},{"data":{"counting":3}}],"complete":true}""");
        Expect(findings, "invalid", """{"seen":[],"error":[{"message":"Cannot query field \"nope\" on type \"Query\". Did you mean \"name\"?","locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}""");
        Expect(findings, "many", JsonSerializer.Serialize(Enumerable.Range(1, 20)));
        Expect(findings, "forever", """{"data":{"forever":0}}""");
        Expect(findings, "openWhileSubscribed", "1");
        Expect(findings, "endsWithComplete", "true");
        Expect(findings, "endsWithConnection", "true");
        Expect(findings, "ping", """{"received":[{"type":"connection_ack"},{"type":"pong","payload":{"a":1}}],"code":1000,"reason":""}""");
        Expect(findings, "unauthorized", "4401");
        Expect(findings, "twoInits", "4429");
        Expect(findings, "badJson", "4400");
        Expect(findings, "badType", "4400");
        Expect(findings, "noId", "4400");
        Expect(findings, "sameId", "4409");
        Expect(findings, "noInit", "4408");
        Expect(findings, "noProtocol", "4406");
        Expect(findings, "streamsLeft", "true");
    }

    [Fact]
    public async Task Clients_of_graphql_sse_get_what_the_protocol_promises()
    {
        var findings = await RunAsync("sse-client.mjs");
        Expect(findings, "query", """{"seen":[{"data":{"__typename":"Query"}}],"complete":true}""");
        Expect(findings, "subscription", """{"seen":[{"data":{"counting":1}},{"data":{"counting":2}},{"data":{"counting":3}}],"complete":true}""");
        Assert.Contains("Cannot query field", findings.GetProperty("invalid").GetRawText(), StringComparison.Ordinal);
        Expect(findings, "contentType", "\"text/event-stream; charset=utf-8\"");
        Expect(findings, "text", """["event: next","data: {\"data\":{\"counting\":1}}","event: next","data: {\"data\":{\"counting\":2}}","event: complete","data: "]""");
        Expect(findings, "withoutStream", "405");
        Expect(findings, "endsWithRequest", "true");
    }

    private static void Expect(JsonElement findings, string name, string json) =>
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(json).RootElement, findings.GetProperty(name)), $"{name}: expected {json}, found {findings.GetProperty(name).GetRawText()}");

    private async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        var folder = System.IO.Path.Combine(NodeFolder.Path, "graphql");
        await NodeFolder.InstallAsync(folder);
        var url = _app.Urls.First();
        var output = await NodeFolder.RunAsync(folder, "node", [script, url, .. arguments]);
        return JsonDocument.Parse(output).RootElement;
    }

    private static WebApplication CreateServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<Clients>();
        builder.Services.AddSingleton(provider => new RequestExecutor(
            HashResolvers.Attach(SchemaBuilder.Build(typeof(ZooQuery).Assembly.GetTypes(), provider.GetService<IServiceProviderIsService>())),
            new GraphQLOptions { MaxCost = 1_000_000, MaxDepth = 50, ConnectionInitTimeout = TimeSpan.FromMilliseconds(500) },
            provider, NullLogger<RequestExecutor>.Instance));
        var app = builder.Build();
        app.MapGraphQL();
        app.MapGet("/sdl", (RequestExecutor executor) => executor.PrintSchema());
        app.MapGet("/open", (Clients clients) => clients.Open);
        return app;
    }
}
