using System.Text.Json.Nodes;
using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>A funnel that is defined when its project has events already, so that it is backfilled.</summary>
internal sealed class LateFunnel
{
    private const string Steps = "asOf { projection } steps { index name count averageSeconds medianSeconds }";

    private static int defined;

    private readonly string key;
    private readonly string query;

    private LateFunnel(int number)
    {
        key = $"late_{number}";
        query = $$"""
            { steps: [{ events: [{ name: "Product Viewed" }] }, { events: [{ name: "Product Added" }] }, { events: [{ name: "Order Completed" }] }], window: { value: {{number}}, unit: DAY } }
            """;
    }

    /// <summary>Defines one that nobody has defined before.</summary>
    public static async Task<LateFunnel> DefineAsync(FaultFixture log)
    {
        var funnel = new LateFunnel(Interlocked.Increment(ref defined));
        var made = await log.System.QueryAsync($$"""mutation { made: defineFunnel(input: { project: "{{FaultFixture.Project}}", key: "{{funnel.key}}", query: {{funnel.query}} }) { revision errors { message } } }""");
        Assert.Empty(made["made"]!["errors"]!.AsArray());
        return funnel;
    }

    /// <summary>Compares what a process reads from the read model with what the run without faults counts in the events themselves.</summary>
    public async Task MustBeRightAsync(FaultFixture log, Member member)
    {
        var expected = Report(await log.System.QueryAsync($$"""{ project(id: "{{FaultFixture.Project}}") { funnel: exploreFunnel(query: {{query}}, range: { allTime: true }) { {{Steps}} } } }"""), "explorer");
        Assert.All(expected.Each(), step => Assert.True(step["count"].Whole() > 0));
        var stored = Report(await member.QueryAsync($$"""{ project(id: "{{FaultFixture.Project}}") { funnel(key: "{{key}}", range: { allTime: true }) { {{Steps}} } } }"""), "funnels");
        Assert.Equal(expected.ToJsonString(), stored.ToJsonString());
    }

    private static JsonNode Report(JsonObject data, string from)
    {
        var funnel = data["project"]!["funnel"]!;
        Assert.Equal(from, funnel["asOf"]!["projection"].Text());
        return funnel["steps"]!;
    }
}
