using EventSourcedAnalytics.Api.Tests.Harness;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>Persons and their events as lists.</summary>
[Collection(ApiCollection.Name)]
public class CustomerTests(ApiWorld world)
{
    [Fact]
    public async Task Persons_are_listed_by_id_page_by_page_and_joined_ids_are_one()
    {
        var shop = await SentAsync();
        var first = (await shop.AskAsync("customers(first: 2) { totalCount nodes { id ids } pageInfo { hasNextPage endCursor } }"))["customers"]!;
        Assert.Equal(["ann", "bob"], first.Ids());
        Assert.Equal("3", first["totalCount"].Json());
        Assert.Equal("""["a1","ann"]""", first["nodes"]![0]!["ids"].Json());
        var cursor = (string)first["pageInfo"]!["endCursor"]!;
        await shop.SendAsync(new Sent("aaa", "visit", "2024-03-05"));
        var rest = (await shop.AskAsync($$"""customers(first: 2, after: "{{cursor}}") { nodes { id } pageInfo { hasNextPage hasPreviousPage } }"""))["customers"]!;
        Assert.Equal(["cem"], rest.Ids());
        Assert.Equal("""{"hasNextPage":false,"hasPreviousPage":true}""", rest["pageInfo"].Json());
    }

    [Fact]
    public async Task A_user_id_and_an_anonymous_id_of_the_same_text_are_two_persons_on_every_page()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(new("x", "visit", "2024-03-01"), new("~x", "visit", "2024-03-02"));
        var first = (await shop.AskAsync("customers(first: 1) { totalCount nodes { id } pageInfo { endCursor } }"))["customers"]!;
        var second = (await shop.AskAsync($$"""customers(first: 1, after: "{{first["pageInfo"]!["endCursor"]}}") { nodes { id } pageInfo { hasNextPage } }"""))["customers"]!;
        Assert.Equal(["x", "x"], first.Ids().Concat(second.Ids()));
        Assert.Equal("false", second["pageInfo"]!["hasNextPage"].Json());
        var funnel = (await shop.AskAsync("""exploreFunnel(query: { steps: [{ events: [{ name: "visit" }] }] }, range: { allTime: true }) { customers(step: 1) { nodes { id evidence { event { occurredAt } } } } }"""))["exploreFunnel"]!;
        Assert.Equal(["2024-03-01T12:00:00Z", "2024-03-02T12:00:00Z"],
            funnel["customers"]!["nodes"]!.AsArray().Select(node => (string)node!["evidence"]![0]!["event"]!["occurredAt"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task More_evidence_than_a_page_holds_is_counted_and_cut()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync([.. Enumerable.Range(0, 1_001).Select(i => new Sent("ann", "visit", $"2024-03-01T10:{i / 60 % 60:00}:{i % 60:00}.{i / 3600:000}Z"))]);
        var node = (await shop.AskAsync("""activity(range: { days: { from: "2024-03-01", to: "2024-03-01" } }) { customers(period: "2024-03-01T00:00:00Z") { nodes { evidenceCount evidence { role } } } }"""))["activity"]!["customers"]!["nodes"]![0]!;
        Assert.Equal(("1001", 1_000), (node["evidenceCount"].Json(), node["evidence"]!.AsArray().Count));
    }

    [Fact]
    public async Task Persons_are_found_by_what_they_did_and_what_is_known_of_them()
    {
        var shop = await SentAsync();
        var found = await shop.AskAsync("""
            did: customers(where: { events: [{ name: "buy" }] }) { nodes { id evidence { event { name } } } }
            known: customers(where: { filters: [{ path: "customer.plan", op: EQ, value: "pro", latest: true }] }) { nodes { id traits } }
            named: customers(where: { search: "CE" }) { nodes { id } } ids: customers(where: { ids: ["bob", "nobody"] }) { nodes { id } }
            early: customers(where: { range: { days: { from: "2024-03-01", to: "2024-03-01" } } }) { nodes { id } }
            """);
        Assert.Equal("""[{"id":"bob","evidence":[{"event":{"name":"buy"}}]}]""", found["did"]!["nodes"].Json());
        Assert.Equal("""[{"id":"ann","traits":{"plan":"pro"}}]""", found["known"]!["nodes"].Json());
        Assert.Equal(["cem"], found["named"].Ids());
        Assert.Equal(["bob"], found["ids"].Ids());
        Assert.Equal(["ann"], found["early"].Ids());
    }

    [Fact]
    public async Task Events_are_listed_newest_first_page_by_page()
    {
        var shop = await SentAsync();
        const string Fields = "totalCount nodes { name customerId occurredAt position } pageInfo { hasNextPage endCursor }";
        var first = (await shop.AskAsync($"events(first: 2) {{ {Fields} }}"))["events"]!;
        Assert.Equal(["visit", "buy"], first["nodes"]!.AsArray().Select(node => (string?)node!["name"]));
        Assert.Equal("4", first["totalCount"].Json());
        var cursor = (string)first["pageInfo"]!["endCursor"]!;
        await shop.SendAsync(new Sent("dan", "visit", "2024-03-09"));
        var rest = (await shop.AskAsync($$"""events(first: 5, after: "{{cursor}}") { {{Fields}} }"""))["events"]!;
        Assert.Equal(["bob", "a1"], rest["nodes"]!.AsArray().Select(node => (string?)node!["customerId"]));
    }

    [Fact]
    public async Task Events_are_found_by_name_person_condition_and_time()
    {
        var shop = await SentAsync();
        var found = await shop.AskAsync("""
            named: events(where: { names: ["buy"] }) { totalCount } ann: events(where: { customer: "ann" }) { nodes { customerId } } nobody: events(where: { customer: "nobody" }) { totalCount }
            cheap: events(where: { filters: [{ path: "properties.price", op: LT, value: 10 }] }) { totalCount } day: events(range: { days: { from: "2024-03-02", to: "2024-03-02" } }) { totalCount }
            """);
        Assert.Equal(["1", "0", "1", "1"], new[] { "named", "nobody", "cheap", "day" }.Select(list => found[list]!["totalCount"].Json()));
        Assert.Equal("""[{"customerId":"a1"}]""", found["ann"]!["nodes"].Json());
    }

    [Fact]
    public async Task Lists_can_be_asked_as_the_log_stood_before()
    {
        var shop = await world.CreateAsync();
        var before = await shop.SendAsync(new Sent("ann", "visit", "2024-03-01"));
        await shop.SendAsync(new Sent("bob", "visit", "2024-03-02"));
        var then = await shop.AskAsync($$"""customers(asOf: { position: "{{before}}" }) { nodes { id } } events(asOf: { position: "{{before}}" }) { totalCount }""");
        Assert.Equal(["ann"], then["customers"].Ids());
        Assert.Equal("1", then["events"]!["totalCount"].Json());
    }

    [Fact]
    public async Task A_person_is_found_by_any_of_its_ids_with_all_its_events()
    {
        var shop = await SentAsync();
        var person = (await shop.AskAsync("""customer(id: "a1") { id ids traits events { totalCount nodes { name type } } }"""))["customer"]!;
        Assert.Equal("""{"id":"ann","ids":["a1","ann"],"traits":{"plan":"pro"},"events":{"totalCount":2,"nodes":[{"name":"visit","type":"TRACK"},{"name":"identify","type":"IDENTIFY"}]}}""", person.Json());
        Assert.Null((await shop.AskAsync("""customer(id: "nobody") { id }"""))["customer"]);
    }

    [Theory]
    [InlineData("customers(after: \"!\") { totalCount }", "no cursor")]
    [InlineData("customers(last: 1) { totalCount }", "from its beginning")]
    [InlineData("events(after: \"YQ==\") { totalCount }", "cursor")]
    [InlineData("events(where: { filters: [{ op: EQ, value: 1 }] }) { totalCount }", "path")]
    public async Task What_cannot_be_asked_is_refused_with_a_reason(string field, string reason)
    {
        var error = await (await world.SharedAsync(nameof(CustomerTests), SentAsync)).ErrorAsync(field);
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("INVALID_QUERY", error.Code);
    }

    [Theory]
    [InlineData("customers { totalCount }")]
    [InlineData("customer(id: \"ann\") { id }")]
    [InlineData("events { totalCount }")]
    [InlineData("rejected { nodes { position } }")]
    public async Task Lists_need_the_customer_data_permission(string field)
    {
        var shop = await world.SharedAsync(nameof(CustomerTests), SentAsync);
        Assert.Equal("FORBIDDEN", (await shop.ErrorAsync(field, await shop.ReaderAsync())).Code);
        Assert.NotNull(await shop.AskAsync(field, await shop.ReaderAsync(customerData: true)));
    }

    private async Task<ApiProject> SentAsync()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(
            new("~a1", "visit", "2024-03-01"), Sent.Identify("ann", "a1", "2024-03-01T13:00:00Z", """{"plan":"pro"}"""), new("bob", "visit", "2024-03-02"), new("bob", "buy", "2024-03-03", """{"price":5}"""), new("cem", "visit", "2024-03-04"));
        return shop;
    }
}
