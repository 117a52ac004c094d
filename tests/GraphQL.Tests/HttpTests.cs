using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.GraphQL.Tests;

public sealed class HttpTests : IAsyncLifetime
{
    private const string GraphQLResponse = "application/graphql-response+json";
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<Shop>();
        builder.Services.AddGraphQL()
            .AddTypes(typeof(ShopQueries).Assembly.GetTypes().Where(t => t.DeclaringType != typeof(WrongSchemas)))
            .ModifyOptions(o => o.MaxRequestBytes = 5_000)
            .AddRequestInterceptor<Keys>();
        _app = builder.Build();
        _app.MapGraphQL();
        await _app.StartAsync();
        _client = _app.GetTestClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task The_interceptor_says_who_asks()
    {
        var (status, body, _) = await PostAsync("{ who }", key: "right");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"data":{"who":"the owner at who"}}""", body);
    }

    [Theory]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData("barred", HttpStatusCode.Forbidden)]
    public async Task A_refused_caller_gets_the_status_of_the_refusal(string key, HttpStatusCode expected)
    {
        var (status, body, response) = await PostAsync("{ who }", key: key);
        Assert.Equal(expected, status);
        Assert.StartsWith("""{"errors":[{"message":""", body, StringComparison.Ordinal);
        Assert.Equal(expected == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
    }

    [Theory]
    [InlineData("{ nope }", GraphQLResponse, HttpStatusCode.BadRequest, GraphQLResponse)]
    [InlineData("{ nope }", "application/json", HttpStatusCode.OK, "application/json")]
    [InlineData("{ refuse }", GraphQLResponse, HttpStatusCode.OK, GraphQLResponse)]
    [InlineData("{ who }", "application/json;q=0.5, application/graphql-response+json", HttpStatusCode.OK, GraphQLResponse)]
    [InlineData("{ who }", "*/*", HttpStatusCode.OK, "application/json")]
    [InlineData("{ who }", "image/png", HttpStatusCode.NotAcceptable, "application/json")]
    [InlineData("subscription { count(to: 1) }", GraphQLResponse, HttpStatusCode.BadRequest, GraphQLResponse)]
    public async Task Status_and_type_follow_what_the_client_accepts(string query, string accept, HttpStatusCode expected, string type)
    {
        var (status, _, response) = await PostAsync(query, accept: accept);
        Assert.Equal(expected, status);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("utf-8", response.Content.Headers.ContentType.CharSet);
    }

    [Theory]
    [InlineData("""[{"query":"{ who }"}]""", HttpStatusCode.BadRequest, "Batches")]
    [InlineData("""{"query":5}""", HttpStatusCode.BadRequest, "query")]
    [InlineData("""{"query":"{ who }","variables":[]}""", HttpStatusCode.BadRequest, "variables")]
    [InlineData("""{"query":"{ who }","operationName":5}""", HttpStatusCode.BadRequest, "operationName")]
    [InlineData("{", HttpStatusCode.BadRequest, "not JSON")]
    [InlineData("""{"query":"\ud800"}""", HttpStatusCode.BadRequest, "surrogate")]
    public async Task A_malformed_request_is_told_what_is_wrong(string body, HttpStatusCode expected, string part)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var response = await _client.PostAsync("/graphql", content);
        Assert.Equal(expected, response.StatusCode);
        Assert.Contains(part, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_not_read()
    {
        var (status, _, _) = await PostAsync("{ who }" + new string(' ', 10_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
    }

    [Fact]
    public async Task Other_types_of_body_are_refused_so_that_forms_of_other_sites_cannot_post()
    {
        using var content = new StringContent("""{"query":"{ who }"}""", Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await _client.PostAsync("/graphql", content)).StatusCode);
    }

    [Fact]
    public async Task A_get_runs_queries_with_variables_and_no_mutations()
    {
        var query = Uri.EscapeDataString("query($v: JSON!) { echo(value: $v) }");
        Assert.Equal("""{"data":{"echo":[1]}}""", await _client.GetStringAsync($"/graphql?query={query}&variables={Uri.EscapeDataString("""{"v":[1]}""")}"));
        var mutation = await _client.GetAsync("/graphql?query=" + Uri.EscapeDataString("mutation { step(number: 1) }"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, mutation.StatusCode);
        Assert.Empty(_app.Services.GetRequiredService<Shop>().Log);
    }

    [Fact]
    public async Task Methods_other_than_get_and_post_are_refused()
    {
        var response = await _client.DeleteAsync("/graphql");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_browser_gets_a_page_that_loads_nothing_from_elsewhere()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/graphql");
        request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");
        var response = await _client.SendAsync(request);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("//", page.Replace("<!doctype html>", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        if (File.Exists(System.IO.Path.Combine(AppContext.BaseDirectory, "graphiql", "graphiql.js")))
            Assert.Equal("text/javascript", (await _client.GetAsync("/graphql/graphiql/graphiql.js")).Content.Headers.ContentType!.MediaType);
        else
            Assert.Contains("npm ci", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("appsettings.json")]
    [InlineData("..%2Fappsettings.json")]
    public async Task Only_the_files_of_the_page_are_served(string file) =>
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/graphql/graphiql/" + file)).StatusCode);

    [Fact]
    public async Task An_event_stream_ends_with_complete()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/graphql?query=" + Uri.EscapeDataString("subscription { count(to: 2) }"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var response = await _client.SendAsync(request);
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n').Where(line => line.Length > 1);
        Assert.Equal(["event: next", """data: {"data":{"count":1}}""", "event: next", """data: {"data":{"count":2}}""", "event: complete", "data: "], lines);
    }

    private async Task<(HttpStatusCode Status, string Body, HttpResponseMessage Response)> PostAsync(string query, string? key = null, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql")
        {
            Content = new StringContent(JsonSerializer.Serialize(new { query }), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd(accept);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var response = await _client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    private sealed class Keys : IRequestInterceptor
    {
        public ValueTask OnRequestAsync(HttpContext http, OperationRequest request, CancellationToken cancellationToken)
        {
            var key = http.Request.Headers.Authorization.ToString();
            if (key == "Bearer wrong")
                throw new GraphQLException("Unknown key.", ErrorCodes.Unauthenticated);
            if (key == "Bearer barred")
                throw new GraphQLException("This key may not read.", ErrorCodes.Forbidden);
            request.User = new ClaimsPrincipal(new ClaimsIdentity("key"));
            request.State["who"] = key == "Bearer right" ? "the owner" : null;
            return ValueTask.CompletedTask;
        }
    }
}
