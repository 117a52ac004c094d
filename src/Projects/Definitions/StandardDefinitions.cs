using System.Text.Json;

namespace EventSourcedAnalytics.Projects;

/// <summary>What every new project starts with, so that numbers are there with the first event. Both can be changed or retired like any other.</summary>
internal static class StandardDefinitions
{
    private const string Funnel = """
        {
          "steps": [
            { "events": [{ "name": "product_viewed" }] },
            { "events": [{ "name": "added_to_cart" }] },
            { "events": [{ "name": "checkout_started" }] },
            { "events": [{ "name": "purchase_completed" }] }
          ],
          "window": { "value": 14, "unit": "DAY" }
        }
        """;

    private const string Retention = """{ "start": { "events": [] }, "return": { "events": [] }, "period": "WEEK", "mode": "FIRST_TIME", "intervals": 12 }""";

    public static IReadOnlyList<DefinitionDefined> All { get; } =
    [
        new(DefinitionKind.Funnel, "ecommerce", "From product to purchase", Parse(Funnel)),
        new(DefinitionKind.Retention, "weekly", "Weekly retention since the first visit", Parse(Retention)),
    ];

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
