using System.Text.Json;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>One case: customers, events in log order, and checks.</summary>
/// <param name="Id">Names the case.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="About">What it shows.</param>
/// <param name="Timezone">The project's zone, IANA.</param>
/// <param name="Customers">Known customers; others come with their events.</param>
/// <param name="Events">The events; their order is the order of the log, not of time.</param>
/// <param name="Checks">The checks.</param>
public sealed record CaseData(
    string Id, string Origin, string About, string Timezone, IReadOnlyList<CaseCustomer> Customers, IReadOnlyList<CaseEvent> Events, IReadOnlyList<CaseCheck> Checks)
{
    /// <summary>The calendar of a question: the case's zone and the query's <c>weekStart</c> (Sunday unless given).</summary>
    public Calendar CalendarFor(JsonElement query)
    {
        var monday = query.TryGetProperty("weekStart", out var start) && start.GetString() == "MONDAY";
        return Calendar.For(Timezone, monday ? DayOfWeek.Monday : DayOfWeek.Sunday);
    }

    /// <summary>
    /// The persons with their histories; a person's id is its customer id, never an alias. The n-th event of the file has position n, from 1;
    /// what is known of a customer comes as identify events at lower positions.
    /// </summary>
    /// <param name="isRepeatedOrder">Tells by position whether an order was claimed before (<see cref="PersonEvent.IsRepeatedOrder"/>).</param>
    public IReadOnlyList<PersonHistory> Persons(Func<long, bool>? isRepeatedOrder = null)
    {
        var people = new Dictionary<string, List<AnalyticsEvent>>(StringComparer.Ordinal);
        foreach (var (person, e) in Identifications().Concat(Activity()))
        {
            if (!people.TryGetValue(person, out var events)) people.Add(person, events = []);
            events.Add(e);
        }
        return [.. people.Select(entry => PersonHistory.From(entry.Key, entry.Value, isRepeatedOrder))];
    }

    /// <summary>The events in log order, each with its person's id.</summary>
    public IEnumerable<(string Person, AnalyticsEvent Event)> Activity()
    {
        var persons = PersonsById();
        for (var i = 0; i < Events.Count; i++)
        {
            var e = Events[i];
            yield return (persons.GetValueOrDefault(e.Customer, e.Customer), new AnalyticsEvent
            {
                Name = e.Name,
                Type = EventType.Track,
                OccurredAt = Instant.Parse(e.At),
                ReceivedAt = Instant.Parse(e.At),
                MessageId = $"{Id}-{i + 1}",
                Customer = CustomerId.User(e.Customer),
                SessionId = e.Session,
                Properties = Slice(e.Properties),
                Position = i + 1,
            });
        }
    }

    /// <summary>What is known of the customers, as identify events with positions below 0: the first properties hold before every event.</summary>
    public IEnumerable<(string Person, AnalyticsEvent Event)> Identifications()
    {
        var first = Events.Select(e => Instant.Parse(e.At)).Concat(Customers.SelectMany(customer => customer.Changes ?? []).Select(change => Instant.Parse(change.At))).DefaultIfEmpty(0).Min() - 1;
        long position = -1_000_000_000;
        foreach (var customer in Customers)
        {
            if (customer.Properties is { } properties) yield return (customer.Id, Identify(customer.Id, first, properties, position++));
            foreach (var change in customer.Changes ?? []) yield return (customer.Id, Identify(customer.Id, Instant.Parse(change.At), change.Properties, position++));
        }
    }

    /// <summary>The query as a record.</summary>
    /// <exception cref="CaseUnsupportedException">The query has something that the record does not know.</exception>
    public static TQuery Read<TQuery>(JsonElement query)
    {
        try { return query.Deserialize<TQuery>(AnalysisJson.Options) ?? throw new JsonException("The query is null."); }
        catch (JsonException error) { throw new CaseUnsupportedException(error.Message, error); }
    }

    /// <summary>The answer from stored cells must be the ad-hoc one.</summary>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    internal static void RequireSame<TReport>(TReport adHoc, TReport stored)
    {
        string left = JsonSerializer.Serialize(adHoc, AnalysisJson.Options), right = JsonSerializer.Serialize(stored, AnalysisJson.Options);
        if (left != right) throw new InvalidOperationException($"The stored cells answer otherwise than the events: {right} instead of {left}");
    }

    private Dictionary<string, string> PersonsById()
    {
        var persons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var customer in Customers)
        {
            persons[customer.Id] = customer.Id;
            foreach (var alias in customer.Aliases ?? []) persons[alias] = customer.Id;
        }
        return persons;
    }

    private AnalyticsEvent Identify(string customer, long at, JsonElement traits, long position) => new()
    {
        Name = "identify",
        Type = EventType.Identify,
        OccurredAt = at,
        ReceivedAt = at,
        MessageId = $"{Id}-traits{position}",
        Customer = CustomerId.User(customer),
        Traits = Slice(traits),
        Position = position,
    };

    private static JsonObjectSlice Slice(JsonElement? json) => json is { ValueKind: JsonValueKind.Object } some ? JsonObjectSlice.FromText(some.GetRawText()) : default;
}
