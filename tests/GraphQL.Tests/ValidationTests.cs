using System.Text.Json;

namespace EventSourcedAnalytics.GraphQL.Tests;

public class ValidationTests
{
    private readonly TestServer _server = new();

    [Theory]
    [InlineData("{ nope }", "Cannot query field \"nope\" on type \"Query\". Did you mean \"node\"?")]
    [InlineData("{ node(id: 1) { name } }", "Cannot query field \"name\" on type \"Node\". Did you mean to use an inline fragment on \"Customer\"?")]
    [InlineData("{ answer { x } }", "Field \"answer\" must not have a selection since type \"Int!\" has no subfields.")]
    [InlineData("{ orders }", "Field \"orders\" of type \"[Order!]!\" must have a selection of subfields. Did you mean \"orders { ... }\"?")]
    [InlineData("{ customer { name } }", "Field \"customer\" argument \"by\" of type \"CustomerByInput!\" is required, but it was not provided.")]
    [InlineData("{ customer(by: {id: \"1\", name: \"x\"}) { name } }", "OneOf Input Object \"CustomerByInput\" must specify exactly one key.")]
    [InlineData("{ orders(state: OPN) { id } }", "Value \"OPN\" does not exist in \"OrderState\" enum. Did you mean the enum value \"OPEN\"?")]
    [InlineData("{ ...F } fragment F on Query { ...F }", "Cannot spread fragment \"F\" within itself.")]
    [InlineData("{ a: answer a: who }", "Fields \"a\" conflict because \"answer\" and \"who\" are different fields. Use different aliases on the fields to fetch both if this was intentional.")]
    [InlineData("query ($x: Int) { answer }", "Variable \"$x\" is never used.")]
    [InlineData("{ answer @skip(if: $x) }", "Variable \"$x\" is not defined.")]
    [InlineData("subscription { a: count(to: 1) b: count(to: 1) }", "Anonymous Subscription must select only one top level field.")]
    [InlineData("type X { a: Int } { answer }", "The \"X\" definition is not executable.")]
    public async Task A_document_that_breaks_a_rule_is_not_executed(string query, string message)
    {
        var result = await _server.ExecuteAsync(query);
        Assert.False(result.HasData);
        Assert.Contains(message, result.Errors.Select(error => error.Message));
        Assert.All(result.Errors, error => Assert.Equal(ErrorCodes.ValidationFailed, error.Extensions!["code"]));
    }

    [Theory]
    [InlineData("""{"s":"NOPE"}""", "Variable \"$s\" got invalid value \"NOPE\"; Value \"NOPE\" does not exist in \"OrderState\" enum. Did you mean the enum value \"OPEN\"?")]
    [InlineData("""{"s":null}""", "Variable \"$s\" of non-null type \"OrderState!\" must not be null.")]
    [InlineData("{}", "Variable \"$s\" of required type \"OrderState!\" was not provided.")]
    public async Task A_variable_that_does_not_fit_is_refused(string variables, string message)
    {
        var result = await _server.ExecuteAsync("query($s: OrderState!) { orders(state: $s) { id } }", JsonSerializer.Deserialize<JsonElement>(variables));
        Assert.Equal(message, Assert.Single(result.Errors).Message);
        Assert.False(result.HasData);
    }

    [Fact]
    public async Task Errors_are_limited()
    {
        var result = await _server.ExecuteAsync("{ " + string.Concat(Enumerable.Range(0, 500).Select(i => $"n{i} ")) + "}");
        Assert.Equal(Limits.MaxValidationErrors + 1, result.Errors.Count);
    }

    [Fact]
    public async Task Depth_is_limited_and_fragments_count()
    {
        var server = new TestServer(o => o.MaxDepth = 4);
        Assert.Empty((await server.ExecuteAsync("{ orders { customer { orders { id } } } }")).Errors);
        Assert.Contains("deeper than 4", (await server.ExecuteAsync("{ orders { ...F } } fragment F on Order { customer { orders { customer { id } } } }")).Errors[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ customers(first: 10) { nodes { orders { id } } } }", 40, true)]
    [InlineData("{ customers(first: 10) { nodes { orders { id } } } }", 20, false)]
    [InlineData("{ a: answer b: answer c: answer }", 2, false)]
    public async Task Cost_counts_a_page_once_for_each_item(string query, int limit, bool allowed) =>
        Assert.Equal(allowed, (await new TestServer(o => o.MaxCost = limit).ExecuteAsync(query)).Errors.Count == 0);

    [Fact]
    public async Task Fragments_that_spread_each_other_cost_no_more_than_the_limit()
    {
        var fragments = string.Concat(Enumerable.Range(0, 60).Select(i => $" fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}"));
        var result = await _server.ExecuteAsync("{ ...F0 }" + fragments + " fragment F60 on Query { answer }");
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public async Task Introspection_can_be_switched_off()
    {
        var server = new TestServer(o => o.AllowIntrospection = false);
        Assert.NotEmpty((await server.ExecuteAsync("{ __schema { types { name } } }")).Errors);
        Assert.Empty((await server.ExecuteAsync("{ __typename }")).Errors);
    }

    [Fact]
    public async Task A_document_that_is_too_long_is_not_parsed()
    {
        var error = Assert.Single((await new TestServer(o => o.MaxDocumentBytes = 10).ExecuteAsync("{ answer answer }")).Errors);
        Assert.Equal(ErrorCodes.LimitExceeded, error.Extensions!["code"]);
    }
}
