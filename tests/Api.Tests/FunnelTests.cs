using EventSourcedAnalytics.Api.Tests.Harness;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>Funnels: defined, changed, asked ad hoc, opened.</summary>
[Collection(ApiCollection.Name)]
public class FunnelTests(ApiWorld world)
{
    private const string Query = """{ steps: [{ events: [{ name: "view" }] }, { events: [{ name: "cart" }] }, { events: [{ name: "buy" }] }], window: { value: 7, unit: DAY } }""";
    private const string Steps = "steps { index name count conversionFromStart conversionFromPrevious dropOff averageSeconds medianSeconds p90Seconds }";

    private static readonly Sent[] Events =
    [
        new("ann", "view", "2024-03-01T10:00:00Z", """{"source":"ad"}"""), new("ann", "cart", "2024-03-01T10:01:00Z"), new("ann", "buy", "2024-03-01T10:03:00Z"),
        new("bob", "view", "2024-03-02T10:00:00Z", """{"source":"ad"}"""), new("bob", "cart", "2024-03-02T10:03:00Z"),
        new("cem", "view", "2024-03-09T10:00:00Z", """{"source":"mail"}"""), new("cem", "buy", "2024-03-09T11:00:00Z"),
    ];

    [Fact]
    public async Task A_defined_funnel_is_answered_by_its_read_model_as_the_events_answer_it()
    {
        var shop = await DefinedAsync();
        var report = await shop.AskBothAsync("""funnel(key: "buying", range: { allTime: true }, ASOF)""", Steps + " trend { start } breakdowns { value }");
        Assert.Equal(["3", "2", "1"], report["steps"]!.AsArray().Select(step => step!["count"].Json()));
        Assert.Equal(120, (double)report["steps"]![1]!["averageSeconds"]!);
        Assert.Equal(1 / 3.0, (double)report["steps"]![2]!["conversionFromStart"]!, 9);
        Assert.Equal("1", report["steps"]![1]!["dropOff"].Json());
    }

    [Theory]
    [InlineData("steps { averageSeconds }")]
    [InlineData("... on FunnelReport { steps { ... on FunnelStep { averageSeconds: medianSeconds } } }")]
    public async Task Times_between_steps_are_read_however_they_are_asked_for(string selection)
    {
        var shop = await DefinedAsync();
        var report = await shop.AskAsync($$"""funnel(key: "buying", range: { allTime: true }) { {{selection}} asOf { projection } }""");
        Assert.Equal("funnels", (string?)report["funnel"]!["asOf"]!["projection"]);
        Assert.NotNull(report["funnel"]!["steps"]![1]!["averageSeconds"]);
    }

    [Fact]
    public async Task Named_ranges_trends_and_breakdowns_are_answered_and_say_by_whom()
    {
        var shop = await DefinedAsync();
        var named = await shop.AskBothAsync("""funnel(key: "buying", range: { named: "first week" }, ASOF)""", Steps);
        Assert.Equal(["2", "2", "1"], named["steps"]!.AsArray().Select(step => step!["count"].Json()));
        var trend = await shop.AskBothAsync("""funnel(key: "buying", range: { allTime: true }, trend: WEEK, ASOF)""", "trend { start entered converted rate }");
        Assert.Equal("""[{"start":"2024-02-25T00:00:00Z","entered":2,"converted":1,"rate":50},{"start":"2024-03-03T00:00:00Z","entered":1,"converted":0,"rate":0}]""", trend["trend"].Json());
        var apart = await shop.AskAsync("""funnel(key: "buying", range: { allTime: true }, breakdown: { by: ["properties.source"] }) { breakdowns { value steps { count } } asOf { projection } }""");
        Assert.Equal("""[{"value":["ad"],"steps":[{"count":2},{"count":2},{"count":1}]},{"value":["mail"],"steps":[{"count":1},{"count":0},{"count":0}]}]""", apart["funnel"]!["breakdowns"].Json());
        Assert.Equal("explorer", (string?)apart["funnel"]!["asOf"]!["projection"]);
    }

    [Fact]
    public async Task A_number_opens_into_its_persons_and_the_events_that_put_them_there()
    {
        var shop = await DefinedAsync();
        var report = await shop.AskAsync("""
            funnel(key: "buying", range: { allTime: true }) {
              reached: customers(step: 2) { totalCount nodes { id evidence { role step event { name occurredAt } } events { totalCount } } }
              dropped: customers(step: 2, dropped: true) { nodes { id } } }
            """);
        Assert.Equal(["ann", "bob"], report["funnel"]!["reached"].Ids());
        Assert.Equal(["cem"], report["funnel"]!["dropped"].Ids());
        Assert.Equal("""[{"role":"STEP","step":1,"event":{"name":"view","occurredAt":"2024-03-02T10:00:00Z"}},{"role":"STEP","step":2,"event":{"name":"cart","occurredAt":"2024-03-02T10:03:00Z"}}]""",
            report["funnel"]!["reached"]!["nodes"]![1]!["evidence"].Json());
    }

    [Fact]
    public async Task A_changed_definition_still_answers_as_it_was()
    {
        var shop = await DefinedAsync();
        var before = (await shop.AskAsync("funnels { key revision }"))["funnels"]!.AsArray().Single(one => (string?)one!["key"] == "buying")!["revision"]!;
        await world.DataAsync($$"""mutation { defineFunnel(input: { project: "{{shop.Id}}", key: "buying", query: { steps: [{ events: [{ name: "view" }] }, { events: [{ name: "buy" }] }] } }) { funnel { key } errors { message } } }""");
        var both = await shop.AskAsync($$"""
            now: funnel(key: "buying", range: { allTime: true }) { steps { count } }
            then: funnel(key: "buying", range: { named: "first week" }, revision: "{{before}}") { steps { count } }
            funnels { key revisions { revision current } }
            """);
        Assert.Equal("""{"steps":[{"count":3},{"count":2}]}""", both["now"].Json());
        Assert.Equal("""{"steps":[{"count":2},{"count":2},{"count":1}]}""", both["then"].Json());
        var revisions = both["funnels"]!.AsArray().Single(one => (string?)one!["key"] == "buying")!["revisions"]!.AsArray();
        Assert.Equal(["true", "false"], revisions.Select(revision => revision!["current"].Json()));
        Assert.Equal((string)before!, (string?)revisions[1]!["revision"]);
        Assert.Equal("NOT_FOUND", (await shop.ErrorAsync("""funnel(key: "buying", range: { allTime: true }, revision: "1") { steps { count } }""")).Code);
    }

    [Fact]
    public async Task Times_correlations_and_sliding_conversions_are_worked_out_when_they_are_asked_for()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync([.. Events, new("dan", "view", "2024-03-10T11:58:00Z"), new("dan", "cart", "2024-03-10T11:58:30Z"), new("dan", "buy", "2024-03-10T11:59:30Z"), new("dan", "view", "2024-03-10T11:59:40Z")]);
        var report = (await shop.AskAsync($$"""
            exploreFunnel(query: {{Query}}, range: { allTime: true }) {
              histogram { counts averageSeconds } first: histogram(from: 1, to: 2, bins: 3) { edges counts }
              sliding { window entered completed rate steps { index count } } correlation(limit: 5) { name success failure oddsRatio } }
            """))["exploreFunnel"]!;
        Assert.Equal(135, (double)report["histogram"]!["averageSeconds"]!);
        Assert.Equal("""{"edges":[30,80,130,180],"counts":[2,0,0,1]}""", report["first"].Json());
        Assert.Equal("""
            [{"window":"PT1M","entered":1,"completed":1,"rate":1,"steps":[{"index":1,"count":1},{"index":2,"count":0},{"index":3,"count":1}]},
            {"window":"PT5M","entered":2,"completed":1,"rate":0.5,"steps":[{"index":1,"count":2},{"index":2,"count":1},{"index":3,"count":1}]},
            {"window":"PT1H","entered":2,"completed":1,"rate":0.5,"steps":[{"index":1,"count":2},{"index":2,"count":1},{"index":3,"count":1}]}]
            """.ReplaceLineEndings(""), report["sliding"].Json());
        Assert.NotNull(report["correlation"]);
    }

    [Theory]
    [InlineData("""funnel(key: "buying", range: { between: { from: "2024-03-02T00:00:00Z", to: "2024-03-01T00:00:00Z" } }) { steps { count } }""", "INVALID_QUERY", "ends before it begins")]
    [InlineData("""funnel(key: "buying", range: { named: "no such" }) { steps { count } }""", "NOT_FOUND", "names no range 'no such'")]
    [InlineData("""funnel(key: "buying", range: { allTime: false }) { steps { count } }""", "INVALID_QUERY", "'allTime' takes true only")]
    [InlineData("""funnel(key: "buying", range: { last: "PT0S" }) { steps { count } }""", "INVALID_QUERY", "positive duration")]
    [InlineData("""funnel(key: "buying", range: { allTime: true }, asOf: { position: "here" }) { steps { count } }""", "INVALID_QUERY", "is no log position")]
    [InlineData("""funnel(key: "buying", range: { allTime: true }) { customers(step: 4) { nodes { id } } }""", "INVALID_QUERY", "steps 1 to 3")]
    [InlineData("""funnel(key: "buying", range: { allTime: true }) { customers(step: 1, first: 1001) { nodes { id } } }""", "BAD_USER_INPUT", "at most 1000 items")]
    [InlineData("""funnel(key: "buying", range: { allTime: true }) { histogram(from: 2, to: 1) { counts } }""", "INVALID_QUERY", "between two steps")]
    [InlineData("""exploreFunnel(query: { steps: [] }, range: { allTime: true }) { steps { count } }""", "INVALID_QUERY", "at least one step")]
    [InlineData("""exploreFunnel(query: { steps: [{}, {}], trend: { interval: MINUTE } }, range: { last: "P3650D" }) { steps { count } }""", "INVALID_QUERY", "more than 5000 periods")]
    [InlineData("""funnel(key: "buying", range: { allTime: true, last: "P1D" }) { steps { count } }""", null, "exactly one")]
    public async Task What_cannot_be_asked_is_refused_with_a_reason(string field, string? code, string reason)
    {
        var shop = await world.SharedAsync(nameof(FunnelTests), DefinedAsync);
        var error = await shop.ErrorAsync(field);
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
        if (code is not null) Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task Persons_need_the_customer_data_permission_and_an_unknown_funnel_is_null()
    {
        var shop = await world.SharedAsync(nameof(FunnelTests), DefinedAsync);
        const string Field = """funnel(key: "buying", range: { allTime: true }) { steps { count } customers(step: 1) { nodes { id } } }""";
        Assert.Equal("FORBIDDEN", (await shop.ErrorAsync(Field, await shop.ReaderAsync())).Code);
        Assert.Equal(["ann", "bob", "cem"], (await shop.AskAsync(Field, await shop.ReaderAsync(customerData: true)))["funnel"]!["customers"].Ids());
        Assert.Null((await shop.AskAsync("""funnel(key: "none", range: { allTime: true }) { steps { count } }"""))["funnel"]);
    }

    [Fact]
    public async Task A_retired_funnel_is_gone_and_a_bad_one_is_refused_with_its_field()
    {
        var shop = await DefinedAsync();
        var id = (await shop.AskAsync("funnels { id key }"))["funnels"]!.AsArray().Single(one => (string?)one!["key"] == "buying")!["id"]!;
        await world.DataAsync($$"""mutation { retireDefinition(id: "{{id}}") { position errors { message } } }""");
        Assert.Null((await shop.AskAsync("""funnel(key: "buying", range: { allTime: true }) { steps { count } }"""))["funnel"]);
        var refused = await world.DataAsync($$"""mutation { defineFunnel(input: { project: "{{shop.Id}}", key: "bad", query: { steps: [] } }) { funnel { id } errors { code message } } }""");
        Assert.Null(refused["defineFunnel"]!["funnel"]);
        Assert.Contains("at least one step", (string?)refused["defineFunnel"]!["errors"]![0]!["message"], StringComparison.Ordinal);
        Assert.Equal("NOT_FOUND", (await world.ErrorAsync("""mutation { retireDefinition(id: "nothing") { position } }""")).Code);
    }

    private async Task<ApiProject> DefinedAsync()
    {
        var shop = await world.CreateAsync();
        await world.DataAsync($$"""
            mutation { defineFunnel(input: { project: "{{shop.Id}}", key: "buying", query: {{Query}},
              namedRanges: [{ name: "first week", from: "2024-03-01T00:00:00Z", to: "2024-03-07T23:59:59.999Z" }] }) { funnel { id } errors { message } } }
            """);
        await shop.SendAsync(Events);
        return shop;
    }
}
