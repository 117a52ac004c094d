using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>One neutral case: its persons and its checks.</summary>
internal sealed record RevenueCase(string Id, string Zone, IReadOnlyList<PersonHistory> Persons, IReadOnlyList<(RevenueQuestion Query, JsonNode Expect)> Checks)
{
    public static IReadOnlyList<RevenueCase> Load(string path)
    {
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        return [.. root["cases"]!.AsArray().Select(node => From(node!))];
    }

    public override string ToString() => Id;

    private static RevenueCase From(JsonNode node)
    {
        var persons = new Dictionary<string, string>();
        foreach (var customer in node["customers"]?.AsArray() ?? [])
        {
            var id = (string)customer!["id"]!;
            persons[id] = id;
            foreach (var alias in customer["aliases"]?.AsArray() ?? []) persons[(string)alias!] = id;
        }
        var position = 0L;
        var events = (node["events"]?.AsArray() ?? []).Select(e => (Customer: (string)e!["customer"]!, Event: EventOf(e!, ++position))).ToList();
        var claims = new OrderClaims(new OrderEvents(RevenueSettings.Default), events.Select(e => e.Event));
        var histories = events.GroupBy(e => persons.GetValueOrDefault(e.Customer, e.Customer))
            .Select(group => PersonHistory.From(group.Key, [.. group.Select(e => e.Event)], claims.IsRepeated));
        var checks = node["checks"]!.AsArray().Select(check => (check!["query"].Deserialize<RevenueQuestion>(AnalysisJson.Options)!, check["expect"]!));
        return new RevenueCase((string)node["id"]!, (string)node["timezone"]!, [.. histories], [.. checks]);
    }

    private static AnalyticsEvent EventOf(JsonNode e, long position) => new()
    {
        Name = (string)e["name"]!,
        Type = EventType.Track,
        OccurredAt = Instant.Parse((string)e["at"]!),
        ReceivedAt = Instant.Parse((string)e["at"]!),
        MessageId = $"m{position}",
        Customer = CustomerId.User((string)e["customer"]!),
        Properties = JsonObjectSlice.FromText(e["properties"]?.ToJsonString() ?? "{}"),
        Position = position,
    };
}
