using EventSourcedAnalytics.Api.Tests.Harness;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>Questions that somebody saved.</summary>
[Collection(ApiCollection.Name)]
public class SavedQueryTests(ApiWorld world)
{
    private const string Range = """range: { days: { from: "2024-03-01", to: "2024-03-02" } }""";

    [Theory]
    [InlineData("funnel: { steps: [{ events: [{ name: \"visit\" }] }, { events: [{ name: \"buy\" }] }] }", "funnel", "steps { count }", """{"steps":[{"count":2},{"count":1}]}""")]
    [InlineData("retention: { period: DAY }", "retention", "rows { size }", """{"rows":[{"size":2},{"size":1}]}""")]
    [InlineData("segment: { series: { events: [{ name: \"visit\" }] }, measure: CUSTOMERS }", "segment", "values", """{"values":[2,0]}""")]
    public async Task A_saved_question_answers_whenever_it_is_opened(string question, string kind, string fields, string answer)
    {
        var shop = await world.SharedAsync(nameof(SavedQueryTests), SentAsync);
        var saved = await world.DataAsync($$"""mutation { saveQuery(input: { project: "{{shop.Id}}", key: "{{kind}}", name: "My question", query: { {{question}} } }) { savedQuery { id key name } errors { message } } }""");
        Assert.Equal("My question", (string?)saved["saveQuery"]!["savedQuery"]!["name"]);
        var opened = (await shop.AskAsync($$"""savedQuery(key: "{{kind}}") { query revisions { current } {{kind}}({{Range}}) { {{fields}} } } savedQueries { key }"""))!;
        Assert.Equal(answer, opened["savedQuery"]![kind].Json());
        Assert.NotNull(opened["savedQuery"]!["query"]![kind]);
        Assert.Contains(kind, opened["savedQueries"]!.AsArray().Select(one => (string)one!["key"]!));
        await world.DataAsync($$"""mutation { retireDefinition(id: "{{saved["saveQuery"]!["savedQuery"]!["id"]}}") { position } }""");
        Assert.Null((await shop.AskAsync($$"""savedQuery(key: "{{kind}}") { key }"""))["savedQuery"]);
    }

    [Fact]
    public async Task What_cannot_be_answered_is_not_saved()
    {
        var shop = await world.SharedAsync(nameof(SavedQueryTests), SentAsync);
        var refused = await world.DataAsync($$"""mutation { saveQuery(input: { project: "{{shop.Id}}", key: "bad", query: { funnel: { steps: [] } } }) { savedQuery { key } errors { message } } }""");
        Assert.Null(refused["saveQuery"]!["savedQuery"]);
        Assert.Contains("at least one step", (string?)refused["saveQuery"]!["errors"]![0]!["message"], StringComparison.Ordinal);
        Assert.Equal("FORBIDDEN", (await world.ErrorAsync(
            $$"""mutation { saveQuery(input: { project: "{{shop.Id}}", key: "x", query: { segment: {} } }) { position } }""", null, await shop.ReaderAsync())).Code);
    }

    private async Task<ApiProject> SentAsync()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(new("ann", "visit", "2024-03-01"), new("bob", "visit", "2024-03-01"), new("ann", "buy", "2024-03-02"));
        return shop;
    }
}
