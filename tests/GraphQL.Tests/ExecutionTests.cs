namespace EventSourcedAnalytics.GraphQL.Tests;

public class ExecutionTests
{
    private readonly TestServer _server = new();

    [Fact]
    public async Task Fields_come_in_the_order_they_were_asked_for() =>
        Assert.Equal("""{"data":{"b":42,"customer":{"nick":null,"name":"Customer 1","__typename":"Customer"},"a":42}}""",
            await _server.RunAsync("""{ b: answer customer(by: { id: "c1" }) { nick name __typename } a: answer }"""));

    [Fact]
    public async Task Scalars_are_written_as_their_specifications_say() =>
        Assert.Equal("""{"data":{"node":{"state":"OPEN","total":1.5,"placedAt":"2026-01-01T10:00:00Z","age":"PT1H","lines":["line1"],"describe":"Order o1"}}}""",
            await _server.RunAsync("""{ node(id: "o1") { ... on Order { state total placedAt age lines describe } } }"""));

    [Fact]
    public async Task Fragments_apply_by_the_runtime_type() =>
        Assert.Equal("""{"data":{"search":[{"__typename":"Customer","name":"Customer 5"},{"__typename":"Customer","name":"Customer 15"},{"__typename":"Customer","name":"Customer 25"},{"__typename":"Order","state":"OPEN"}]}}""",
            await _server.RunAsync("""query { search(text: "5") { __typename ...C ... on Order { state } } } fragment C on Customer { name }"""));

    [Theory]
    [InlineData(true, """{"data":{}}""")]
    [InlineData(false, """{"data":{"a":42}}""")]
    public async Task Skip_and_include_follow_variables(bool skip, string expected) =>
        Assert.Equal(expected, await _server.RunAsync("query($s: Boolean!) { a: answer @skip(if: $s) b: answer @include(if: false) }", new { s = skip }));

    [Fact]
    public async Task A_list_of_parents_loads_its_children_in_one_batch()
    {
        var json = await _server.RunAsync("{ orders { id customer { name orders { id customer { id } } } } }");
        Assert.DoesNotContain("errors", json, StringComparison.Ordinal);
        Assert.Equal([3, 3], _server.Shop.Batches);
    }

    [Fact]
    public async Task Mutations_run_one_after_the_other()
    {
        await _server.RunAsync("mutation { a: step(number: 1) b: step(number: 2) c: step(number: 3) }");
        Assert.Equal(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"], _server.Shop.Log);
    }

    [Fact]
    public async Task Input_objects_become_classes_with_defaults_and_absent_fields_told_from_null()
    {
        const string Mutation = "mutation($i: PlaceOrderInput!) { placeOrder(input: $i) { note order { state total lines } } }";
        Assert.Equal("""{"data":{"placeOrder":{"note":"absent 1","order":{"state":"PAID_IN_FULL","total":7,"lines":["EUR","USD"]}}}}""",
            await _server.RunAsync(Mutation, new { i = new { customerId = 7, state = "PAID_IN_FULL", lines = new object[] { new { amountMinor = 3 }, new { amountMinor = 4, currency = "USD" } }, priority = 1 } }));
        Assert.Equal("""{"data":{"placeOrder":{"note":"null 1","order":{"state":"OPEN","total":5,"lines":["EUR"]}}}}""",
            await _server.RunAsync("""mutation { placeOrder(input: { customerId: "c1", state: OPEN, lines: { amountMinor: 5 }, note: null, priority: 1 }) { note order { state total lines } } }"""));
    }

    [Fact]
    public async Task A_failed_non_null_field_makes_its_parent_null_and_hides_what_went_wrong()
    {
        var result = await _server.ExecuteAsync("{ answer\n fail }");
        Assert.Equal("""{"errors":[{"message":"Something unexpected happened. The server's log has the details.","locations":[{"line":2,"column":2}],"path":["fail"],"extensions":{"code":"INTERNAL_ERROR"}}],"data":null}""", result.ToJson());
    }

    [Fact]
    public async Task A_refusal_keeps_its_message_and_code_and_the_rest_of_the_answer() =>
        Assert.Equal("""{"errors":[{"message":"Not yours.","locations":[{"line":1,"column":3}],"path":["refuse"],"extensions":{"code":"FORBIDDEN"}}],"data":{"refuse":null,"answer":42}}""",
            await _server.RunAsync("{ refuse answer }"));

    [Fact]
    public async Task Json_passes_through_unchanged() =>
        Assert.Equal("""{"data":{"a":{"x":[1,null,"y"]},"b":{"deep":{"er":1.5}}}}""",
            await _server.RunAsync("query($v: JSON!) { a: echo(value: {x: [1, null, \"y\"]}) b: echo(value: $v) }", new { v = new { deep = new { er = 1.5 } } }));

    [Fact]
    public async Task Resolvers_see_state_and_path() =>
        Assert.Equal("""{"data":{"x":"me at x"}}""", (await _server.ExecuteAsync("{ x: who }", state: new Dictionary<string, object?> { ["who"] = "me" })).ToJson());

    [Fact]
    public async Task An_operation_that_takes_too_long_is_ended()
    {
        var server = new TestServer(o => o.ExecutionTimeout = TimeSpan.FromMilliseconds(20));
        var error = Assert.Single((await server.ExecuteAsync("{ slow }")).Errors);
        Assert.Equal(ErrorCodes.LimitExceeded, error.Extensions!["code"]);
    }

    [Fact]
    public async Task A_caller_that_cancels_gets_no_answer()
    {
        using var cancel = new CancellationTokenSource();
        var running = _server.Executor.ExecuteAsync(new OperationRequest("{ slow }"), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_subscription_answers_each_event()
    {
        Assert.Equal(["""{"data":{"n":1}}""", """{"data":{"n":2}}""", """{"data":{"n":3}}"""], await StreamAsync("subscription { n: count(to: 3) }"));
        Assert.Equal("""{"data":{"orderPlaced":"#o1"}}""", (await StreamAsync("""subscription { orderPlaced(prefix: "#") }"""))[0]);
    }

    private async Task<List<string>> StreamAsync(string query)
    {
        var stream = Assert.IsType<ResponseStream>(await _server.Executor.ExecuteAsync(new OperationRequest(query)));
        return await stream.Results.Select(result => result.ToJson()).ToListAsync();
    }
}
