using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Server.Cases.OverGraphQl;

/// <summary>A case as the lines that a sender would import: Segment messages, in log order.</summary>
internal static class CaseMessages
{
    /// <summary>
    /// The messages. A customer is a user id and its aliases are anonymous ids, which identify messages bind to it: for every other customer before its events and for the
    /// rest behind them, since it must not matter. What is known from the start comes a millisecond before everything else.
    /// </summary>
    public static IEnumerable<JsonObject> Of(CaseData data)
    {
        var number = 0;
        var aliases = data.Customers.SelectMany(customer => customer.Aliases ?? []).ToHashSet(StringComparer.Ordinal);
        var start = Start(data);
        foreach (var message in data.Customers.SelectMany(customer => Traits(customer, start))
            .Concat(data.Customers.Where((_, i) => i % 2 == 0).SelectMany(customer => Bindings(customer, start)))
            .Concat(data.Events.Select(e => Event(e, aliases)))
            .Concat(data.Customers.Where((_, i) => i % 2 == 1).SelectMany(customer => Bindings(customer, start))))
        {
            message["messageId"] = $"{data.Id}-{++number}";
            yield return message;
        }
    }

    private static string Start(CaseData data)
    {
        var instants = data.Events.Select(e => e.At).Concat(data.Customers.SelectMany(customer => customer.Changes ?? []).Select(change => change.At)).Select(Instant.Parse);
        return Instant.ToText(instants.DefaultIfEmpty(0).Min() - 1);
    }

    private static IEnumerable<JsonObject> Traits(CaseCustomer customer, string start)
    {
        if (customer.Properties is { } properties) yield return Identify(customer.Id, start, properties);
        foreach (var change in customer.Changes ?? []) yield return Identify(customer.Id, change.At, change.Properties);
    }

    private static IEnumerable<JsonObject> Bindings(CaseCustomer customer, string at) =>
        (customer.Aliases ?? []).Select(alias => new JsonObject { ["type"] = "identify", ["userId"] = customer.Id, ["anonymousId"] = alias, ["timestamp"] = at });

    private static JsonObject Identify(string customer, string at, System.Text.Json.JsonElement traits) =>
        new() { ["type"] = "identify", ["userId"] = customer, ["timestamp"] = at, ["traits"] = JsonObject.Create(traits) };

    private static JsonObject Event(CaseEvent e, HashSet<string> aliases)
    {
        var message = new JsonObject { ["type"] = "track", ["event"] = e.Name, ["timestamp"] = e.At, [aliases.Contains(e.Customer) ? "anonymousId" : "userId"] = e.Customer };
        if (e.Properties is { } properties) message["properties"] = JsonObject.Create(properties);
        if (e.Session is { } session) message["sessionId"] = session;
        return message;
    }
}
