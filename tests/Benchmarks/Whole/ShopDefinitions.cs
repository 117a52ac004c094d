using System.Globalization;
using System.Text.Json.Nodes;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>Funnels and cohorts of the generated shop, each different from the others.</summary>
internal static class ShopDefinitions
{
    private static readonly string[] Names = ["product_viewed", "added_to_cart", "checkout_started", "purchase_completed", "products_searched", "Category"];

    /// <summary>Defines a funnel of two to four steps.</summary>
    /// <returns>Number of its revision.</returns>
    public static async Task<long> FunnelAsync(SystemUnderTest system, string key, int variant)
    {
        var names = Enumerable.Range(0, 4 - (variant % 3)).Select(step => Names[(step + variant) % (variant == 0 ? 4 : Names.Length)]);
        var steps = string.Join(", ", names.Select(Series));
        var query = string.Create(CultureInfo.InvariantCulture, $"{{ steps: [{steps}], window: {{ value: {14 - (variant % 10)}, unit: DAY }} }}");
        return await DefineAsync(system, "defineFunnel", key, query);
    }

    /// <summary>Defines a cohort: who does one thing after another.</summary>
    /// <returns>Number of its revision.</returns>
    public static async Task<long> CohortAsync(SystemUnderTest system, string key, int variant)
    {
        var (start, back) = (Names[variant % Names.Length], Names[(variant + 1) % Names.Length]);
        var (period, mode) = (variant % 2 == 0 ? "WEEK" : "DAY", variant % 4 < 2 ? "FIRST_TIME" : "RECURRING");
        return await DefineAsync(system, "defineCohort", key, $"{{ start: {Series(start)}, return: {Series(back)}, period: {period}, mode: {mode} }}");
    }

    private static string Series(string name) => $$"""{ events: [{ name: "{{name}}" }] }""";

    private static async Task<long> DefineAsync(SystemUnderTest system, string mutation, string key, string query)
    {
        var data = await system.QueryAsync($$"""mutation { {{mutation}}(input: { project: "{{SystemUnderTest.Project}}", key: "{{key}}", query: {{query}} }) { revision errors { message } } }""");
        var made = data[mutation]!;
        return long.Parse((string?)made["revision"] ?? throw new InvalidOperationException(((JsonArray)made["errors"]!).ToJsonString()), CultureInfo.InvariantCulture);
    }
}
