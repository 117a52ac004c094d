using EventSourcedAnalytics.Api.Tests.Harness;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>Retention: defined, asked ad hoc, opened.</summary>
[Collection(ApiCollection.Name)]
public class RetentionTests(ApiWorld world)
{
    private const string Days = """range: { days: { from: "2024-03-01", to: "2024-03-03" } }""";
    private const string Query = """{ start: { events: [{ name: "visit" }] }, return: { events: [{ name: "visit" }] }, period: DAY, mode: FIRST_TIME }""";

    [Fact]
    public async Task A_defined_retention_is_answered_by_its_read_model_as_the_events_answer_it()
    {
        var shop = await DefinedAsync();
        var report = await shop.AskBothAsync($$"""retention(key: "visits", {{Days}}, ASOF)""", "period rows { cohort size provisional values { interval count ofFirst } } mean");
        Assert.Equal(["""[{"interval":0,"count":2,"ofFirst":1},{"interval":1,"count":1,"ofFirst":0.5},{"interval":2,"count":2,"ofFirst":1}]""", """[{"interval":0,"count":1,"ofFirst":1},{"interval":1,"count":0,"ofFirst":0}]""",
            """[{"interval":0,"count":0,"ofFirst":null}]"""], report["rows"]!.AsArray().Select(row => row!["values"].Json()));
        Assert.Equal("[1,0.3333333333333333,1]", report["mean"].Json());
    }

    [Fact]
    public async Task A_cell_opens_into_its_members_with_the_events_of_both_ends()
    {
        var shop = await DefinedAsync();
        var report = await shop.AskAsync($$"""
            retention(key: "visits", {{Days}}) { customers(cohort: "2024-03-01T00:00:00Z", interval: 1) { totalCount nodes { id evidence { role event { occurredAt } } } } }
            """);
        Assert.Equal("""{"totalCount":1,"nodes":[{"id":"ann","evidence":[{"role":"START","event":{"occurredAt":"2024-03-01T12:00:00Z"}},{"role":"RETURN","event":{"occurredAt":"2024-03-02T12:00:00Z"}}]}]}""",
            report["retention"]!["customers"].Json());
    }

    [Fact]
    public async Task Sums_of_a_property_and_revenue_are_exact()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(
            new("ann", "visit", "2024-03-01"), new("ann", "pay", "2024-03-01", """{"amount":0.1}"""), new("ann", "pay", "2024-03-02", """{"amount":0.2}"""), new("ann", "pay", "2024-03-02", """{"amount":0.1}"""),
            new("ann", "Order Completed", "2024-03-02", """{"order_id":"1","total":"19.90","currency":"EUR"}"""));
        var report = await shop.AskAsync($$"""
            sum: exploreRetention(query: { start: { events: [{ name: "visit" }] }, return: { events: [{ name: "pay" }] }, value: SUM, property: "properties.amount" }, {{Days}}) { rows { values { value } } }
            average: exploreRetention(query: { start: { events: [{ name: "visit" }] }, return: { events: [{ name: "pay" }] }, value: AVERAGE, property: "properties.amount" }, {{Days}}) { rows { values { value } } }
            revenue: exploreRetention(query: { start: { events: [{ name: "visit" }] }, value: REVENUE }, {{Days}}) { totals { currency rows { values { count } } } }
            """);
        Assert.Equal("""[{"value":0.1},{"value":0.3},{"value":0}]""", report["sum"]!["rows"]![0]!["values"].Json());
        Assert.Equal("""[{"value":0.1},{"value":0.15},{"value":null}]""", report["average"]!["rows"]![0]!["values"].Json());
        Assert.Equal("EUR", (string?)report["revenue"]!["totals"]![0]!["currency"]);
        Assert.Equal("""[{"count":0},{"count":1990},{"count":0}]""", report["revenue"]!["totals"]![0]!["rows"]![0]!["values"].Json());
    }

    [Fact]
    public async Task A_changed_retention_still_answers_as_it_was()
    {
        var shop = await DefinedAsync();
        var before = (await shop.AskAsync("cohorts { key revision }"))["cohorts"]!.AsArray().Single(one => (string?)one!["key"] == "visits")!["revision"]!;
        await world.DataAsync($$"""mutation { defineCohort(input: { project: "{{shop.Id}}", key: "visits", query: { period: WEEK } }) { cohort { key } errors { message } } }""");
        var both = await shop.AskAsync($$"""
            now: retention(key: "visits", {{Days}}) { period } then: retention(key: "visits", {{Days}}, revision: "{{before}}") { period rows { size } }
            """);
        Assert.Equal("""{"period":"WEEK"}""", both["now"].Json());
        Assert.Equal("""{"period":"DAY","rows":[{"size":2},{"size":1},{"size":0}]}""", both["then"].Json());
    }

    [Theory]
    [InlineData("""retention(key: "visits", range: { allTime: true }) { mean }""", "INVALID_QUERY", "two ends")]
    [InlineData("""exploreRetention(query: { period: HOUR }, range: { last: "P3650D" }) { mean }""", "INVALID_QUERY", "more than 5000 periods")]
    [InlineData("""exploreRetention(query: { intervals: 61 }, range: { last: "P7D" }) { mean }""", "INVALID_QUERY", "60")]
    [InlineData("""exploreRetention(query: { value: SUM }, range: { last: "P7D" }) { mean }""", "INVALID_QUERY", "property")]
    [InlineData("""retention(key: "visits", range: { last: "P7D" }) { customers(cohort: "2024-03-04T00:00:00Z", interval: 60) { nodes { id } } }""", "INVALID_QUERY", "intervals 0 to 59")]
    public async Task What_cannot_be_asked_is_refused_with_a_reason(string field, string code, string reason)
    {
        var error = await (await world.SharedAsync(nameof(RetentionTests), DefinedAsync)).ErrorAsync(field);
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task Members_need_the_customer_data_permission()
    {
        var shop = await world.SharedAsync(nameof(RetentionTests), DefinedAsync);
        Assert.Equal("FORBIDDEN", (await shop.ErrorAsync(
            $$"""retention(key: "visits", {{Days}}) { customers(cohort: "2024-03-01T00:00:00Z", interval: 0) { nodes { id } } }""", await shop.ReaderAsync())).Code);
    }

    private async Task<ApiProject> DefinedAsync()
    {
        var shop = await world.CreateAsync();
        await world.DataAsync($$"""mutation { defineCohort(input: { project: "{{shop.Id}}", key: "visits", query: {{Query}} }) { cohort { id } errors { message } } }""");
        await shop.SendAsync(
            new("ann", "visit", "2024-03-01"), new("ann", "visit", "2024-03-02"), new("ann", "visit", "2024-03-03"), new("bob", "visit", "2024-03-01"), new("bob", "visit", "2024-03-03"), new("cem", "visit", "2024-03-02"));
        return shop;
    }
}
