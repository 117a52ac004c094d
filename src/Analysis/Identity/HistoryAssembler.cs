using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Identity;

/// <summary>
/// The plain way from one project's events in log order to persons: every duplicate, identity link and order claim worked out from the events themselves, in memory.
/// The ad-hoc scan and the proofs of the tests use it, so that what the engine keeps (facts, states, cells) is checked against something that keeps nothing.
/// </summary>
public sealed class HistoryAssembler
{
    private readonly Func<AnalyticsEvent, string?> orderIdOf;
    private readonly HashSet<(CustomerId, string)> messages = [];
    private readonly HashSet<string> orders = new(StringComparer.Ordinal);
    private readonly HashSet<long> repeatedOrders = [];
    private readonly IdentityGraph identities = new();
    private readonly Dictionary<CustomerId, List<AnalyticsEvent>> events = [];
    private bool isCorrected;

    /// <summary>An assembler without events.</summary>
    /// <param name="orderIdOf">The order id that an event claims; null = the event is no order.</param>
    public HistoryAssembler(Func<AnalyticsEvent, string?> orderIdOf) => this.orderIdOf = orderIdOf;

    /// <summary>Events taken in, duplicates not counted.</summary>
    public long Count { get; private set; }

    /// <summary>Events skipped because their customer had sent the same message before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Position of the last event offered; -1 before the first.</summary>
    public long Position { get; private set; } = -1;

    /// <summary>Takes in the next event in log order.</summary>
    public void Add(AnalyticsEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        Position = e.Position;
        var customer = e.Customer;
        if (!messages.Add((customer, e.MessageId)))
        {
            Duplicates++;
            return;
        }
        Count++;
        if (orderIdOf(e) is { } order && !orders.Add(order)) repeatedOrders.Add(e.Position);
        isCorrected |= e.IsCorrection;
        identities.Follow(e);
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(events, customer, out _);
        (list ??= []).Add(e);
    }

    /// <summary>The persons as of the last event taken in.</summary>
    public IEnumerable<PersonHistory> Persons()
    {
        var repeated = isCorrected ? RepeatedAsCorrected() : repeatedOrders;
        foreach (var (customer, own) in events)
        {
            var person = identities.PersonOf(customer);
            if (FirstWithEvents(person) != customer) continue;
            var all = person.Customers.Count == 1
                ? own.ToList()
                : [.. person.Customers.SelectMany(member => events.GetValueOrDefault(member, []))];
            yield return PersonHistory.From(person.Id, all, repeated.Contains);
        }
    }

    /// <summary>The person of a customer; null if neither it nor anybody it is joined with has an event.</summary>
    public Person? PersonOf(CustomerId customer)
    {
        var person = identities.PersonOf(customer);
        return person.Customers.Any(events.ContainsKey) ? person : null;
    }

    // Who claims an order id is decided anew among the events that hold: if the first was voided, the next takes over.
    private HashSet<long> RepeatedAsCorrected()
    {
        var claims = new HashSet<string>(StringComparer.Ordinal);
        var mentions = events.Values.SelectMany(Corrections.Apply).Select(e => (e.Position, Order: orderIdOf(e))).Where(mention => mention.Order is not null);
        return [.. mentions.OrderBy(mention => mention.Position).Where(mention => !claims.Add(mention.Order!)).Select(mention => mention.Position)];
    }

    // A person comes up once for each of its customers; it is told when its first customer with events comes up.
    private CustomerId FirstWithEvents(Person person)
    {
        foreach (var member in person.Customers) if (events.ContainsKey(member)) return member;
        return person.Representative;
    }
}
