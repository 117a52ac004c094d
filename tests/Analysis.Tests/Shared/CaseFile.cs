using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Shared;

/// <summary>One case of a suite: persons with their events, and checks.</summary>
internal sealed record Case(string Id, Calendar Calendar, IReadOnlyList<PersonHistory> Persons, IReadOnlyList<CaseCheck> Checks);

/// <summary>A query and what it must answer.</summary>
internal sealed record CaseCheck(JsonElement Query, JsonElement Expect)
{
    public T Read<T>() => Query.Deserialize<T>(AnalysisJson.Options)!;
}

/// <summary>Reads a suite of the shared cases.</summary>
internal static class CaseFile
{
    public static IReadOnlyList<Case> Read(string suite)
    {
        using var stream = System.IO.File.OpenRead(SharedDirectory.File($"cases/{suite}.json"));
        var document = JsonDocument.Parse(stream).RootElement;
        return [.. document.GetProperty("cases").EnumerateArray().Select(ReadCase)];
    }

    private static Case ReadCase(JsonElement json)
    {
        var checks = json.GetProperty("checks").EnumerateArray().Select(check => new CaseCheck(check.GetProperty("query"), check.GetProperty("expect"))).ToList();
        return new Case(json.GetProperty("id").GetString()!, Calendar.For(json.GetProperty("timezone").GetString()!), ReadPersons(json), checks);
    }

    private static List<PersonHistory> ReadPersons(JsonElement json)
    {
        var owner = new Dictionary<string, string>();
        var events = new Dictionary<string, List<AnalyticsEvent>>();
        long position = 0;
        if (json.TryGetProperty("customers", out var customers))
        {
            foreach (var customer in customers.EnumerateArray())
            {
                var id = customer.GetProperty("id").GetString()!;
                owner[id] = id;
                var list = events[id] = [];
                if (customer.TryGetProperty("aliases", out var aliases)) foreach (var alias in aliases.EnumerateArray()) owner[alias.GetString()!] = id;
                if (customer.TryGetProperty("properties", out var properties)) list.Add(Identify(id, -62_000_000_000_000, properties, position++));
                if (!customer.TryGetProperty("changes", out var changes)) continue;
                foreach (var change in changes.EnumerateArray())
                    list.Add(Identify(id, Instant.Parse(change.GetProperty("at").GetString()!), change.GetProperty("properties"), position++));
            }
        }
        foreach (var json1 in json.GetProperty("events").EnumerateArray())
        {
            var sent = json1.GetProperty("customer").GetString()!;
            var id = owner.GetValueOrDefault(sent, sent);
            if (!events.TryGetValue(id, out var list)) events[id] = list = [];
            list.Add(ReadEvent(json1, sent, position++));
        }
        return [.. events.Select(pair => PersonHistory.From(pair.Key, pair.Value))];
    }

    private static AnalyticsEvent ReadEvent(JsonElement json, string customer, long position) => new()
    {
        Name = json.GetProperty("name").GetString()!,
        Type = EventType.Track,
        OccurredAt = Instant.Parse(json.GetProperty("at").GetString()!),
        ReceivedAt = 0,
        MessageId = $"m{position}",
        Customer = CustomerId.User(customer),
        SessionId = json.TryGetProperty("session", out var session) ? session.GetString() : null,
        Properties = json.TryGetProperty("properties", out var properties) ? JsonObjectSlice.FromText(properties.GetRawText()) : default,
        Position = position,
    };

    private static AnalyticsEvent Identify(string customer, long at, JsonElement traits, long position) => new()
    {
        Name = "identify",
        Type = EventType.Identify,
        OccurredAt = at,
        ReceivedAt = 0,
        MessageId = $"m{position}",
        Customer = CustomerId.User(customer),
        Traits = JsonObjectSlice.FromText(traits.GetRawText()),
        Position = position,
    };
}
