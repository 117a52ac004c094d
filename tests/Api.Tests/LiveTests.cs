using System.Text.Json.Nodes;
using EventSourcedAnalytics.Api.Tests.Harness;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>What is pushed: the state now, then each change.</summary>
[Collection(ApiCollection.Name)]
public class LiveTests(ApiWorld world)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_funnel_is_pushed_now_and_after_each_change_of_its_project()
    {
        var (shop, other) = (await world.CreateAsync(), await world.CreateAsync());
        await world.DataAsync($$"""mutation { defineFunnel(input: { project: "{{shop.Id}}", key: "f", query: { steps: [{ events: [{ name: "a" }] }, { events: [{ name: "b" }] }] } }) { id } }""");
        await shop.SendAsync(new Sent("ann", "a", "2024-03-01T10:00:00Z"));
        await using var messages = Open($$"""subscription { funnel(project: "{{shop.Id}}", key: "f", range: { allTime: true }) { steps { count } asOf { position } } }""");
        Assert.Equal("""[{"count":1},{"count":0}]""", (await messages.NextAsync())["data"]!["funnel"]!["steps"].Json());
        await other.SendAsync(new Sent("ann", "a", "2024-03-01T10:00:00Z"));
        var position = await shop.SendAsync(new Sent("ann", "b", "2024-03-01T10:00:01Z"));
        var next = (await messages.NextAsync())["data"]!["funnel"]!;
        Assert.Equal("""[{"count":1},{"count":1}]""", next["steps"].Json());
        Assert.Equal(position, (string?)next["asOf"]!["position"]);
    }

    [Fact]
    public async Task A_client_that_has_the_newest_numbers_gets_the_next_ones_only()
    {
        var shop = await world.CreateAsync();
        var position = await shop.SendAsync(new Sent("ann", "Order Completed", "2024-03-01", """{"order_id":"1","total":1,"currency":"USD"}"""));
        await using var messages = Open($$"""
            subscription { revenue(project: "{{shop.Id}}", range: { days: { from: "2024-03-01", to: "2024-03-01" } }, after: "{{position}}") { currencies { net { amountMinor } } } }
            """);
        var first = messages.NextAsync();
        await shop.SendAsync(new Sent("ann", "Order Completed", "2024-03-01", """{"order_id":"2","total":2,"currency":"USD"}"""));
        var seen = await first;
        // Whether the subscription opens before or behind the second order: the first message has both.
        Assert.Equal("""[{"net":{"amountMinor":300}}]""", seen["data"]!["revenue"]!["currencies"].Json());
    }

    [Fact]
    public async Task Events_come_in_log_order_from_a_position_on()
    {
        var shop = await world.CreateAsync();
        var before = await shop.SendAsync(new Sent("ann", "first", "2024-03-05"));
        await shop.SendAsync(new Sent("ann", "second", "2024-03-04"), new Sent("bob", "other", "2024-03-04"));
        await using var messages = Open($$"""subscription { events(project: "{{shop.Id}}", where: { names: ["second", "third"] }, after: "{{before}}") { name position } }""");
        Assert.Equal("second", (string?)(await messages.NextAsync())["data"]!["events"]!["name"]);
        await shop.SendAsync(new Sent("ann", "third", "2024-03-01"));
        Assert.Equal("third", (string?)(await messages.NextAsync())["data"]!["events"]!["name"]);
    }

    [Fact]
    public async Task Live_numbers_look_at_the_last_minutes_only()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(new("ann", "visit", "2024-03-10T11:59:30Z"), new("bob", "visit", "2024-03-10T11:57:00Z"), new("cem", "visit", "2024-03-10T11:10:00Z"), new("dan", "visit", "2024-03-10T10:10:00Z"),
            new("bob", "Order Completed", "2024-03-10T11:57:30Z", """{"order_id":"1","total":"12.50","currency":"EUR"}"""));
        await using var messages = Open($$"""
            subscription { live(project: "{{shop.Id}}") { activeCustomers windows { window events customers orders net { amountMinor currency } } topEvents { name count } } }
            """);
        var live = (await messages.NextAsync())["data"]!["live"]!;
        Assert.Equal("2", live["activeCustomers"].Json());
        Assert.Equal("""
            [{"window":"PT1M","events":1,"customers":1,"orders":0,"net":[]},{"window":"PT5M","events":3,"customers":2,"orders":1,"net":[{"amountMinor":1250,"currency":"EUR"}]},
            {"window":"PT1H","events":4,"customers":3,"orders":1,"net":[{"amountMinor":1250,"currency":"EUR"}]}]
            """.ReplaceLineEndings(""), live["windows"].Json());
        Assert.Equal("""[{"name":"visit","count":3},{"name":"Order Completed","count":1}]""", live["topEvents"].Json());
    }

    [Theory]
    [InlineData("")]
    [InlineData(", sample: 5, seed: 7")]
    public async Task A_long_work_is_followed_to_its_end(string sample)
    {
        await (await world.CreateAsync()).SendAsync(new Sent("ann", "visit", "2024-03-01"));
        var id = (string)(await world.DataAsync($$"""mutation { startVerification(input: { projection: "activity"{{sample}} }) { id } }"""))["startVerification"]!["id"]!;
        JsonNode? last = null;
        await foreach (var message in world.SubscribeAsync($$"""subscription { rebuild(id: "{{id}}") { state fraction result } }""")) last = message["data"]!["rebuild"];
        Assert.Equal("DONE", (string?)last!["state"]);
        Assert.Equal("1", last["fraction"].Json());
        var result = JsonNode.Parse((string)last["result"]!)!;
        Assert.True((bool)result["equal"]!);
        if (sample.Length == 0) return;
        Assert.Equal(7, (int)result["seed"]!);
        Assert.True((int)result["persons"]! > 0);
    }

    [Theory]
    [InlineData("""subscription { funnel(project: "PROJECT", key: "none", range: { allTime: true }) { steps { count } } }""", "NOT_FOUND")]
    [InlineData("""subscription { revenue(project: "PROJECT", range: { allTime: true }) { duplicates } }""", "INVALID_QUERY")]
    [InlineData("""subscription { revenue(project: "none", range: { last: "P1D" }) { duplicates } }""", "NOT_FOUND")]
    [InlineData("""subscription { events(project: "PROJECT", after: "here") { name } }""", "INVALID_QUERY")]
    [InlineData("""subscription { rebuild(id: "none") { state } }""", "NOT_FOUND")]
    public async Task What_cannot_be_followed_says_why_and_ends(string query, string code)
    {
        var shop = await world.CreateAsync();
        await using var messages = Open(query.Replace("PROJECT", shop.Id, StringComparison.Ordinal));
        Assert.Equal(code, (string?)(await messages.NextAsync())["errors"]![0]!["extensions"]!["code"]);
        Assert.False(await messages.HasNextAsync());
    }

    [Fact]
    public async Task Pushes_need_the_same_permissions_as_questions()
    {
        var shop = await world.CreateAsync();
        var reader = await shop.ReaderAsync();
        await using var messages = new Messages(world, $$"""subscription { events(project: "{{shop.Id}}") { name } }""", reader);
        Assert.Equal("FORBIDDEN", (string?)(await messages.NextAsync())["errors"]![0]!["extensions"]!["code"]);
    }

    private Messages Open(string query) => new(world, query, null);

    /// <summary>The messages of a subscription, one after the other; waiting for one ends with the patience of the test.</summary>
    private sealed class Messages : IAsyncDisposable
    {
        private readonly CancellationTokenSource ending = new();
        private readonly IAsyncEnumerator<JsonObject> messages;

        public Messages(ApiWorld world, string query, System.Security.Claims.ClaimsPrincipal? user) => messages = world.SubscribeAsync(query, user, ending.Token).GetAsyncEnumerator(ending.Token);

        public Task<bool> HasNextAsync() => messages.MoveNextAsync().AsTask().WaitAsync(Patience);

        public async Task<JsonObject> NextAsync()
        {
            Assert.True(await HasNextAsync(), "The subscription has ended.");
            return messages.Current;
        }

        public async ValueTask DisposeAsync()
        {
            await ending.CancelAsync();
            await messages.DisposeAsync();
            ending.Dispose();
        }
    }
}
