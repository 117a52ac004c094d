using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Api.Tests.Harness;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>Activity, the query builder, lifecycle, stickiness and sessions: numbers, persons, refusals.</summary>
[Collection(ApiCollection.Name)]
public class ActivityTests(ApiWorld world)
{
    private const string Days = """range: { days: { from: "2024-03-01", to: "2024-03-03" } }""";

    private static readonly Sent[] Events =
    [
        new("ann", "visit", "2024-02-29"), new("ann", "visit", "2024-03-01"), new("ann", "search", "2024-03-01"), new("ann", "visit", "2024-03-03"),
        new("bob", "visit", "2024-03-01", """{"plan":"pro"}"""), new("cem", "visit", "2024-03-02"),
    ];

    [Fact]
    public async Task Activity_counts_events_and_active_persons_and_opens_into_them()
    {
        var shop = await SentAsync();
        var report = await shop.AskBothAsync($"activity({Days}, ASOF)", "events byName { name count } periods { start events customers dau wau mau }");
        Assert.Equal(["3", "1", "1"], report["periods"]!.AsArray().Select(period => period!["events"].Json()));
        Assert.Equal(["2", "1", "1"], report["periods"]!.AsArray().Select(period => period!["dau"].Json()));
        Assert.Equal(["2", "3", "3"], report["periods"]!.AsArray().Select(period => period!["wau"].Json()));
        Assert.Equal("""[{"name":"visit","count":4},{"name":"search","count":1}]""", report["byName"].Json());
        var persons = (await shop.AskAsync($$"""
            activity({{Days}}) {
              day: customers(period: "2024-03-02T00:00:00Z") { nodes { id evidence { role event { name } } } }
              week: customers(period: "2024-03-02T00:00:00Z", measure: WAU) { totalCount nodes { id } }
              searched: customers(period: "2024-03-01T00:00:00Z", name: "search") { nodes { id } } }
            """))["activity"]!;
        Assert.Equal("""[{"id":"cem","evidence":[{"role":"ACTIVE","event":{"name":"visit"}}]}]""", persons["day"]!["nodes"].Json());
        Assert.Equal(["ann", "bob", "cem"], persons["week"].Ids());
        Assert.Equal(["ann"], persons["searched"].Ids());
    }

    [Fact]
    public async Task A_segment_is_counted_by_period_and_value_and_opens_into_its_persons()
    {
        var shop = await SentAsync();
        var report = (await shop.AskAsync($$"""
            segment(query: { series: { events: [{ name: "visit" }] }, measure: CUSTOMERS, breakdown: { by: ["properties.plan"] } }, {{Days}}) {
              values total breakdowns { value total } customers(period: "2024-03-01T00:00:00Z", value: ["pro"]) { nodes { id } } }
            """))["segment"]!;
        Assert.Equal("[2,1,1]", report["values"].Json());
        Assert.Equal("""[{"value":[""],"total":3},{"value":["pro"],"total":1}]""", report["breakdowns"].Json());
        Assert.Equal(["bob"], report["customers"].Ids());
    }

    [Fact]
    public async Task The_lifecycle_knows_who_came_before_and_opens_into_them()
    {
        var shop = await SentAsync();
        var report = await shop.AskBothAsync($"lifecycle({Days}, interval: DAY, ASOF)", "periods { new returning resurrecting dormant }");
        Assert.Equal("""[{"new":1,"returning":1,"resurrecting":0,"dormant":0},{"new":1,"returning":0,"resurrecting":0,"dormant":-2},{"new":0,"returning":0,"resurrecting":1,"dormant":-1}]""", report["periods"].Json());
        var persons = (await shop.AskAsync($$"""
            lifecycle({{Days}}, interval: DAY) {
              returning: customers(period: "2024-03-01T00:00:00Z", status: RETURNING) { nodes { id evidence { event { occurredAt } } } }
              dormant: customers(period: "2024-03-02T00:00:00Z", status: DORMANT) { nodes { id } } }
            """))["lifecycle"]!;
        Assert.Equal(["ann"], persons["returning"].Ids());
        Assert.Equal(["ann", "bob"], persons["dormant"].Ids());
        Assert.Equal(3, persons["returning"]!["nodes"]![0]!["evidence"]!.AsArray().Count);
    }

    [Fact]
    public async Task Stickiness_counts_active_periods_and_opens_into_persons()
    {
        var shop = await SentAsync();
        var report = (await shop.AskAsync($$"""stickiness({{Days}}, interval: DAY) { counts total customers(periods: 2) { nodes { id evidence { event { name } } } } }"""))["stickiness"]!;
        Assert.Equal("[2,1,0]", report["counts"].Json());
        Assert.Equal(["ann"], report["customers"].Ids());
        var month = await shop.AskBothAsync("""stickiness(range: { days: { from: "2024-03-01", to: "2024-03-31" } }, interval: DAY, ASOF)""", "counts total");
        Assert.Equal("3", month["total"].Json());
    }

    [Fact]
    public async Task Sessions_are_cut_at_pauses_and_open_into_persons()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(
            new("ann", "Home", "2024-03-01T10:00:00Z", """{"path":"/"}""") { Type = EventType.Page }, new("ann", "visit", "2024-03-01T10:30:00Z"), new("ann", "visit", "2024-03-01T11:00:00.001Z"),
            new("bob", "Home", "2024-03-01T10:00:00Z", """{"path":"/"}""") { Type = EventType.Page }, new("cem", "visit", "2024-03-02T10:00:00Z") { Session = "s" }, new("cem", "visit", "2024-03-02T20:00:00Z") { Session = "s" });
        var report = await shop.AskBothAsync($"sessions({Days}, ASOF)", "periods { sessions bounces bounceRate events averageSeconds } entryPages { page }");
        Assert.Equal("""{"sessions":3,"bounces":1,"bounceRate":0.3333333333333333,"events":4,"averageSeconds":600}""", report["periods"]![0].Json());
        Assert.Equal("""{"sessions":1,"bounces":0,"bounceRate":0,"events":2,"averageSeconds":36000}""", report["periods"]![1].Json());
        var persons = (await shop.AskAsync($$"""
            sessions({{Days}}) { all: customers(period: "2024-03-01T00:00:00Z") { nodes { id evidence { role } } } bounced: customers(period: "2024-03-01T00:00:00Z", bounces: true) { nodes { id } } }
            """))["sessions"]!;
        Assert.Equal(["ann", "bob"], persons["all"].Ids());
        Assert.Equal(["bob"], persons["bounced"].Ids());
        Assert.Equal(3, persons["all"]!["nodes"]![0]!["evidence"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("""activity(range: { allTime: true }) { events }""", "two ends")]
    [InlineData("""activity(range: { last: "P3650D" }, interval: MINUTE) { events }""", "more than 5000 periods")]
    [InlineData("""segment(query: { breakdown: { by: ["x"] } }, range: { last: "P7D" }) { total }""", "x")]
    [InlineData("""segment(query: { filters: [{ path: "properties.a", op: REGEX, value: "(" }] }, range: { last: "P7D" }) { total }""", "regular expression")]
    [InlineData("""lifecycle(range: { last: "P7D" }, interval: DAY) { customers(period: "2024-03-05T01:00:00Z", status: NEW) { nodes { id } } }""", "first instant")]
    [InlineData("""stickiness(range: { last: "P7D" }, interval: DAY) { customers(periods: 99) { nodes { id } } }""", "active periods")]
    [InlineData("""sessions(range: { named: "x" }) { periods { sessions } }""", "no named ranges")]
    public async Task What_cannot_be_asked_is_refused_with_a_reason(string field, string reason)
    {
        var error = await (await world.SharedAsync(nameof(ActivityTests), SentAsync)).ErrorAsync(field);
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("INVALID_QUERY", error.Code);
    }

    [Theory]
    [InlineData("activity(range: { last: \"P7D\" })", "period: \"2024-03-05T00:00:00Z\"")]
    [InlineData("segment(query: {}, range: { last: \"P7D\" })", "period: \"2024-03-05T00:00:00Z\"")]
    [InlineData("lifecycle(range: { days: { from: \"2024-03-05\", to: \"2024-03-06\" } }, interval: DAY)", "period: \"2024-03-05T00:00:00Z\", status: NEW")]
    [InlineData("stickiness(range: { last: \"P7D\" }, interval: DAY)", "periods: 1")]
    [InlineData("sessions(range: { last: \"P7D\" })", "period: \"2024-03-05T00:00:00Z\"")]
    public async Task Persons_need_the_customer_data_permission(string report, string arguments)
    {
        var shop = await world.SharedAsync(nameof(ActivityTests), SentAsync);
        Assert.Equal("FORBIDDEN", (await shop.ErrorAsync($"{report} {{ customers({arguments}) {{ nodes {{ id }} }} }}", await shop.ReaderAsync())).Code);
        Assert.NotNull(await shop.AskAsync($"{report} {{ customers({arguments}) {{ nodes {{ id }} }} }}", await shop.ReaderAsync(customerData: true)));
    }

    private async Task<ApiProject> SentAsync()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(Events);
        return shop;
    }
}
