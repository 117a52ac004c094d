using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Api.Tests.Harness;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>The examples to check by hand of projections/*/README.md, asked as written there.</summary>
[Collection(ApiCollection.Name)]
public class ReadmeExamplesTests(ApiWorld world)
{
    [Fact]
    public async Task Funnels()
    {
        var shop = await world.CreateAsync();
        await world.DataAsync($$"""
            mutation { defineFunnel(input: { project: "{{shop.Id}}", key: "f", query: { steps: [{ events: [{ name: "product_viewed" }] }, { events: [{ name: "purchase_completed" }] }], window: { value: 1, unit: DAY } } }) { id } }
            """);
        await shop.SendAsync(
            new("Ann", "product_viewed", "2026-01-05T10:00:00Z"), new("Ann", "purchase_completed", "2026-01-05T10:30:00Z"), new("Ben", "product_viewed", "2026-01-05T12:00:00Z"),
            new("Ben", "product_viewed", "2026-01-06T12:45:00Z"), new("Ben", "purchase_completed", "2026-01-06T13:00:00Z"));
        var report = await shop.AskBothAsync("""funnel(key: "f", range: { allTime: true }, trend: DAY, ASOF)""", "steps { count averageSeconds medianSeconds } trend { entered converted }");
        Assert.Equal("""{"steps":[{"count":2,"averageSeconds":null,"medianSeconds":null},{"count":2,"averageSeconds":1350,"medianSeconds":1350}],"trend":[{"entered":2,"converted":1},{"entered":1,"converted":1}]}""", report.Json());
        var persons = (await shop.AskAsync("""
            funnel(key: "f", range: { days: { from: "2026-01-05", to: "2026-01-06" } }, trend: DAY) {
              all: customers(step: 2) { nodes { id evidence { event { occurredAt } } } } monday: customers(step: 2, period: "2026-01-05T00:00:00Z") { nodes { id } } }
            """))["funnel"]!;
        Assert.Equal(["Ann", "Ben"], persons["all"].Ids());
        Assert.Equal("""[{"event":{"occurredAt":"2026-01-06T12:45:00Z"}},{"event":{"occurredAt":"2026-01-06T13:00:00Z"}}]""", persons["all"]!["nodes"]![1]!["evidence"].Json());
        Assert.Equal(["Ann"], persons["monday"].Ids());
    }

    [Fact]
    public async Task Activity()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(
            new("Ann", "page", "2026-01-05T09:10:00Z"), new("Ann", "page", "2026-01-05T09:40:00Z"), new("Ann", "buy", "2026-01-06T10:00:00Z"), new("Ben", "page", "2026-01-06T11:00:00Z"));
        const string Range = """range: { days: { from: "2026-01-05", to: "2026-01-12" } }""";
        var periods = (await shop.AskBothAsync($"activity({Range}, ASOF)", "periods { events customers wau }"))["periods"]!;
        Assert.Equal("""{"events":2,"customers":2,"wau":2}""", periods[1].Json());
        Assert.Equal("""{"events":0,"customers":0,"wau":2}""", periods[7].Json());
        var lifecycle = await shop.AskBothAsync($"lifecycle({Range}, interval: DAY, ASOF)", "periods { new returning resurrecting dormant }");
        Assert.Equal("""{"new":1,"returning":1,"resurrecting":0,"dormant":0}""", lifecycle["periods"]![1].Json());
        var persons = (await shop.AskAsync($$"""lifecycle({{Range}}, interval: DAY) { customers(period: "2026-01-06T00:00:00Z", status: RETURNING) { nodes { id evidence { event { name } } } } }"""))["lifecycle"]!;
        Assert.Equal("""[{"id":"Ann","evidence":[{"event":{"name":"page"}},{"event":{"name":"page"}},{"event":{"name":"buy"}}]}]""", persons["customers"]!["nodes"].Json());
    }

    [Fact]
    public async Task Cohorts()
    {
        var shop = await world.CreateAsync();
        await world.DataAsync($$"""mutation { defineCohort(input: { project: "{{shop.Id}}", key: "r", query: { period: DAY, mode: FIRST_TIME, intervals: 3 } }) { id } }""");
        await shop.SendAsync(
            new("Ann", "x", "2026-01-05T08:00:00Z"), new("Ann", "x", "2026-01-05T09:00:00Z"), new("Ann", "x", "2026-01-06"), new("Ann", "x", "2026-01-07"), new("Ann", "x", "2026-01-08"),
            new("Ben", "x", "2026-01-06"), new("Ben", "x", "2026-01-07"));
        const string Range = """range: { days: { from: "2026-01-05", to: "2026-01-07" } }""";
        var report = await shop.AskBothAsync($$"""retention(key: "r", {{Range}}, ASOF)""", "rows { values { count } } mean");
        Assert.Equal("""{"rows":[{"values":[{"count":1},{"count":1},{"count":1}]},{"values":[{"count":1},{"count":1}]},{"values":[{"count":0}]}],"mean":[1,1,1]}""", report.Json());
        var persons = (await shop.AskAsync($$"""retention(key: "r", {{Range}}) { customers(cohort: "2026-01-05T00:00:00Z", interval: 1) { nodes { id evidence { role event { occurredAt } } } } }"""))["retention"]!;
        Assert.Equal("""[{"id":"Ann","evidence":[{"role":"START","event":{"occurredAt":"2026-01-05T08:00:00Z"}},{"role":"RETURN","event":{"occurredAt":"2026-01-06T12:00:00Z"}}]}]""", persons["customers"]!["nodes"].Json());
    }

    [Fact]
    public async Task Revenue()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(
            new("Ann", "purchase_completed", "2026-01-05T12:00:00Z", """{"order_id":"A1","total":"10.00","currency":"USD"}"""), new("Ben", "purchase_completed", "2026-01-05T12:01:00Z", """{"order_id":"A1","total":"10.00","currency":"USD"}"""),
            new("Ann", "refund_issued", "2026-02-02", """{"order_id":"A1","total":"4.00","currency":"USD"}"""), new("Ann", "purchase_completed", "2026-02-03", """{"order_id":"A2","total":"20.00","currency":"USD"}"""),
            new("Carl", "subscription_started", "2026-01-10", """{"subscription_id":"S","amount":"120.00","currency":"USD","interval":"year"}"""),
            new("Carl", "subscription_changed", "2026-02-05", """{"subscription_id":"S","amount":"20.00","interval":"month"}"""),
            new("Carl", "subscription_cancelled", "2026-03-03", """{"subscription_id":"S","effective_at":"2026-03-31T00:00:00Z"}"""));
        const string Range = """range: { days: { from: "2026-01-01", to: "2026-03-31" } }""";
        var orders = await shop.AskBothAsync($"revenue({Range}, interval: MONTH, ASOF)", "duplicates currencies { periods { gross { amountMinor } refunds { amountMinor } } }");
        Assert.Equal("""[{"gross":{"amountMinor":1000},"refunds":{"amountMinor":0}},{"gross":{"amountMinor":2000},"refunds":{"amountMinor":400}},{"gross":{"amountMinor":0},"refunds":{"amountMinor":0}}]""", orders["currencies"]![0]!["periods"].Json());
        var mrr = await shop.AskBothAsync($"mrr({Range}, ASOF)", "periods { new { twelfths } expansion { twelfths } churn { twelfths } closing { amountMinor } }");
        Assert.Equal(["1000", "2000", "0"], mrr["periods"]!.AsArray().Select(period => period!["closing"]!["amountMinor"].Json()));
        Assert.Equal("24000", mrr["periods"]![2]!["churn"]!["twelfths"].Json());
        var persons = await shop.AskAsync($$"""
            revenue({{Range}}, interval: MONTH) { customers(period: "2026-02-01T00:00:00Z") { nodes { id evidence { role money { amountMinor } } } } }
            mrr({{Range}}) { customers(period: "2026-02-01T00:00:00Z", movement: EXPANSION) { nodes { id evidence { event { name } } } } }
            """);
        Assert.Equal("""[{"id":"Ann","evidence":[{"role":"REFUND","money":{"amountMinor":400}},{"role":"ORDER","money":{"amountMinor":2000}}]}]""", persons["revenue"]!["customers"]!["nodes"].Json());
        Assert.Equal("""[{"id":"Carl","evidence":[{"event":{"name":"subscription_started"}},{"event":{"name":"subscription_changed"}}]}]""", persons["mrr"]!["customers"]!["nodes"].Json());
    }

    [Fact]
    public async Task Sessions()
    {
        var shop = await world.CreateAsync();
        Sent View(string page, string at) => new("Ann", page, at) { Type = EventType.Page };
        await shop.SendAsync(View("home", "2026-01-05T10:00:00Z"), View("cart", "2026-01-05T10:20:00Z"), View("home", "2026-01-05T11:00:00Z"));
        const string Range = """range: { days: { from: "2026-01-05", to: "2026-01-05" } }""";
        var report = await shop.AskBothAsync($"sessions({Range}, ASOF)", "periods { sessions bounces bounceRate events averageSeconds }");
        Assert.Equal("""[{"sessions":2,"bounces":1,"bounceRate":0.5,"events":3,"averageSeconds":600}]""", report["periods"].Json());
        var persons = (await shop.AskAsync($$"""sessions({{Range}}) { customers(period: "2026-01-05T00:00:00Z", bounces: true) { nodes { evidence { event { occurredAt } } } } }"""))["sessions"]!;
        Assert.Equal("""[{"evidence":[{"event":{"occurredAt":"2026-01-05T11:00:00Z"}}]}]""", persons["customers"]!["nodes"].Json());
    }
}
