using System.Text.Json.Nodes;
using EventSourcedAnalytics.Api.Tests.Harness;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>Events that never happened, or happened otherwise: every answer changes, and as of an earlier position none does.</summary>
[Collection(ApiCollection.Name)]
public class CorrectionTests(ApiWorld world)
{
    private const string Revenue = """revenue(range: { days: { from: "2024-03-01", to: "2024-03-31" } }, interval: MONTH, ASOF)""";
    private const string Fields = "duplicates currencies { periods { orders gross { amountMinor } } }";

    [Fact]
    public async Task A_voided_order_counts_nowhere_and_the_next_event_with_its_order_id_takes_over()
    {
        var shop = await OrdersAsync();
        var before = await shop.AskBothAsync(Revenue, Fields);
        Assert.Equal("""{"duplicates":1,"currencies":[{"periods":[{"orders":1,"gross":{"amountMinor":1000}}]}]}""", before.Json());
        var position = await MutateAsync(shop, "voidEvent", "messageId: \"m1\", userId: \"ann\", reason: \"a test order\"");
        var after = await shop.AskBothAsync(Revenue, Fields);
        Assert.Equal("""{"duplicates":0,"currencies":[{"periods":[{"orders":1,"gross":{"amountMinor":700}}]}]}""", after.Json());
        var then = (await shop.AskAsync($"report: {Revenue.Replace("ASOF", $$"""asOf: { position: "{{long.Parse(position, System.Globalization.CultureInfo.InvariantCulture) - 1}}" }""", StringComparison.Ordinal)} {{ {Fields} }}"))["report"];
        Assert.Equal(before.Json(), then.Json());
    }

    [Fact]
    public async Task An_amended_order_counts_as_it_is_told_last_and_keeps_its_place()
    {
        var shop = await OrdersAsync();
        await MutateAsync(shop, "amendEvent", """messageId: "m1", userId: "ann", properties: { order_id: "1", total: 99, currency: "EUR" }""");
        Assert.Equal("""{"duplicates":1,"currencies":[{"periods":[{"orders":1,"gross":{"amountMinor":9900}}]}]}""", (await shop.AskBothAsync(Revenue, Fields)).Json());
        await MutateAsync(shop, "amendEvent", """messageId: "m1", userId: "ann", properties: { order_id: "2", total: 5, currency: "EUR" }, occurredAt: "2024-03-02T10:00:00Z" """);
        Assert.Equal("""{"duplicates":0,"currencies":[{"periods":[{"orders":2,"gross":{"amountMinor":1200}}]}]}""", (await shop.AskBothAsync(Revenue, Fields)).Json());
        var events = (await shop.AskAsync("events(first: 5) { nodes { name occurredAt messageId properties } } customer(id: \"ann\") { events { nodes { type userId anonymousId corrects } } }"));
        Assert.Equal("""{"name":"purchase_completed","occurredAt":"2024-03-02T10:00:00Z","messageId":"m1","properties":{"order_id":"2","total":5,"currency":"EUR"}}""",
            events["events"]!["nodes"]!.AsArray().Single(node => (string?)node!["messageId"] == "m1").Json());
        Assert.Equal("""[{"type":"TRACK","userId":"ann","anonymousId":null,"corrects":null},{"type":"AMENDED","userId":"ann","anonymousId":null,"corrects":"m1"},{"type":"AMENDED","userId":"ann","anonymousId":null,"corrects":"m1"}]""", events["customer"]!["events"]!["nodes"].Json());
    }

    [Fact]
    public async Task What_cannot_be_corrected_is_refused_with_a_reason()
    {
        var shop = await OrdersAsync();
        Assert.Equal("EVENT_NOT_FOUND", await RefuseAsync(shop, "voidEvent", "messageId: \"m9\", userId: \"ann\""));
        Assert.Equal("EVENT_NOT_FOUND", await RefuseAsync(shop, "voidEvent", "messageId: \"m1\", userId: \"bob\""));
        Assert.Equal("INVALID_INPUT", await RefuseAsync(shop, "amendEvent", "messageId: \"m1\", userId: \"ann\""));
        var reader = await shop.ReaderAsync(customerData: true);
        var (code, _) = await world.ErrorAsync($$"""mutation { voidEvent(input: { project: "{{shop.Id}}", messageId: "m1", userId: "ann" }) { position } }""", null, reader);
        Assert.Equal("FORBIDDEN", code);
    }

    private async Task<ApiProject> OrdersAsync()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(
            new("ann", "purchase_completed", "2024-03-01", """{"order_id":"1","total":10,"currency":"EUR"}"""),
            new("bob", "purchase_completed", "2024-03-02", """{"order_id":"1","total":7,"currency":"EUR"}"""));
        return shop;
    }

    private async Task<string> MutateAsync(ApiProject shop, string mutation, string input)
    {
        var payload = await SendAsync(shop, mutation, input);
        Assert.True(payload["position"] is not null, payload.Json());
        var position = (string)payload["position"]!;
        Assert.True(await world.Engine.WaitForAsync(LogPosition.At(long.Parse(position, System.Globalization.CultureInfo.InvariantCulture)), TimeSpan.FromSeconds(30), CancellationToken.None), world.Engine.LastFailure);
        return position;
    }

    private async Task<string?> RefuseAsync(ApiProject shop, string mutation, string input) => (string?)(await SendAsync(shop, mutation, input))["errors"]![0]!["code"];

    private async Task<JsonNode> SendAsync(ApiProject shop, string mutation, string input) =>
        (await world.DataAsync($$"""mutation { {{mutation}}(input: { project: "{{shop.Id}}", {{input}} }) { position errors { code message field } } }"""))[mutation]!;
}
