using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Acceptance.Harness;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.EventLog.Embedded;

namespace EventSourcedAnalytics.Acceptance.Operating;

/// <summary>A system with a project and a write key.</summary>
public sealed class FrontDoorFixture : IAsyncLifetime
{
    internal AnalyticsSystem System { get; private set; } = null!;

    internal string WriteKey { get; private set; } = "";

    public async Task InitializeAsync()
    {
        System = await AnalyticsSystem.StartAsync();
        await System.CreateProjectAsync("shop");
        WriteKey = await System.IssueKeyAsync("shop", "WRITE");
    }

    public async Task DisposeAsync() => await System.DisposeAsync();
}

/// <summary>What is sent wrongly is told clearly, and takes nothing good with it.</summary>
public class FrontDoorTests(FrontDoorFixture door) : IClassFixture<FrontDoorFixture>
{
    private const string Good = """{"type":"track","event":"product_viewed","userId":"u1"}""";

    [Fact]
    public async Task Broken_json_is_a_400_that_names_the_byte()
    {
        var body = await RefusedAsync("track", """{"type":"track","event":""", door.WriteKey, HttpStatusCode.BadRequest, "MALFORMED_JSON");
        Assert.Equal(24, body["bytePosition"].Whole());
    }

    [Fact]
    public async Task A_wrong_or_missing_key_is_a_401()
    {
        await RefusedAsync("track", Good, "wk_nobody", HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        await RefusedAsync("track", Good, null, HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_a_413()
    {
        var filler = new string('x', 6 * 1024 * 1024);
        await RefusedAsync("track", $$$"""{"type":"track","event":"a","userId":"u","properties":{"filler":"{{{filler}}}"}}""", door.WriteKey, HttpStatusCode.RequestEntityTooLarge, "BODY_TOO_LARGE");
    }

    [Fact]
    public async Task A_batch_that_is_too_long_is_a_413()
    {
        var batch = string.Join(',', Enumerable.Repeat(Good, 2_501));
        await RefusedAsync("batch", $$"""{"batch":[{{batch}}]}""", door.WriteKey, HttpStatusCode.RequestEntityTooLarge, "TOO_MANY_EVENTS");
    }

    [Fact]
    public async Task A_key_of_no_use_here_opens_no_numbers()
    {
        using var http = new HttpClient { BaseAddress = door.System.Server.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "nobody");
        using var content = new StringContent("""{"query":"{ projects { id } }"}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("graphql", content);
        Assert.Contains("UNAUTHENTICATED", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_partly_bad_batch_the_good_events_count_and_the_bad_ones_are_kept_with_their_reasons()
    {
        const string batch = """
            {"batch":[
              {"type":"track","event":"partly_bad","userId":"u1","messageId":"good-1"},
              {"type":"track","event":"partly_bad","messageId":"nobody-1"},
              {"type":"dance","event":"partly_bad","userId":"u1","messageId":"dance-1"},
              {"type":"track","event":"partly_bad","userId":"u2","messageId":"good-2"}]}
            """;
        using var answer = await door.System.TrackAsync("batch", batch, door.WriteKey);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var report = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(2, report["accepted"].Whole());
        Assert.Equal([(1, "nobody-1"), (2, "dance-1")], report["rejected"].Each().Select(row => (row["index"].Whole(), row["messageId"].Text())));

        await door.System.StandAtHeadAsync();
        var data = await door.System.QueryAsync("""{ project(id: "shop") { activity(range: { last: "PT1H" }) { byName { name count } } } }""");
        Assert.Equal(2, data["project"]!["activity"]!["byName"].Each().Single(row => row["name"].Text() == "partly_bad")["count"].Whole());
        var kept = await RejectedAsync();
        foreach (var refused in report["rejected"].Each())
            Assert.Contains(kept, stored => stored.Contains(refused["messageId"].Text(), StringComparison.Ordinal) && stored.Contains(refused["code"].Text(), StringComparison.Ordinal));
    }

    private async Task<JsonNode> RefusedAsync(string endpoint, string body, string? writeKey, HttpStatusCode status, string code)
    {
        using var answer = await door.System.TrackAsync(endpoint, body, writeKey);
        Assert.Equal(status, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal((false, code), ((bool)problem["success"]!, problem["code"].Text()));
        Assert.NotEmpty(problem["message"].Text());
        return problem;
    }

    private async Task<IReadOnlyList<string>> RejectedAsync()
    {
        await using var log = EmbeddedEventLog.Open(Path.Combine(door.System.DataDirectory, "log"), new EmbeddedOptions { ReadOnly = true });
        var page = await log.ReadStreamAsync("rejected-shop", ReadDirection.Forwards, null, 100, CancellationToken.None);
        return [.. page.Events.Select(stored => Encoding.UTF8.GetString(stored.Data.Span))];
    }
}
