using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Projecting.Tests.Identity;

public sealed class IdentityGraphTests
{
    private static readonly CustomerId[] Everybody = [.. Enumerable.Range(0, 5).Select(i => CustomerId.User($"u{i}")), .. Enumerable.Range(0, 4).Select(i => CustomerId.Anonymous($"d{i}"))];

    [Fact]
    public void At_every_position_persons_are_the_transitive_unions_named_by_the_user_bound_first() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Asks().ToArbitrary(), asks =>
        {
            var events = asks.Select((ask, i) => Event(ask, i + 1)).ToList();
            var (graph, loaded) = (new IdentityGraph(), new IdentityGraph());
            foreach (var e in events) if (graph.Follow(e) is { } link) loaded.Load(link);
            for (var position = 0; position <= events.Count; position++)
            {
                var naive = NaivePersons(events.Take(position));
                foreach (var customer in Everybody)
                {
                    var expected = naive.Single(person => person.Customers.Contains(customer));
                    foreach (var person in new[] { graph.PersonOf(customer, position), loaded.PersonOf(customer, position) })
                    {
                        Assert.Equal(expected.Representative, person.Representative);
                        Assert.True(expected.Customers.ToHashSet().SetEquals(person.Customers));
                        Assert.Equal(expected.Customers.Count, person.Customers.Count);
                    }
                }
            }
        }));

    [Fact]
    public void A_shared_device_stays_with_the_first_user_and_the_refusal_is_counted()
    {
        var graph = new IdentityGraph();
        Assert.NotNull(graph.Follow(Identify("ann", "phone", 1)));
        Assert.Null(graph.Follow(Identify("bob", "phone", 2)));
        Assert.Null(graph.Follow(Identify("ann", "phone", 3)));
        Assert.Equal(1, graph.Refused);
        Assert.Equal([CustomerId.User("bob")], graph.PersonOf(CustomerId.User("bob")).Customers);
    }

    [Fact]
    public void An_alias_names_the_person_by_the_earlier_id_and_joins_all_of_both()
    {
        var graph = new IdentityGraph();
        graph.Follow(Identify("new", "phone", 1));
        graph.Follow(Identify("old", "laptop", 2));
        graph.Follow(Alias("new", "old", 3));
        Assert.Equal("new", graph.PersonOf(CustomerId.Anonymous("laptop")).Id);
        Assert.Equal(4, graph.PersonOf(CustomerId.User("old")).Customers.Count);
        Assert.Equal("old", graph.PersonOf(CustomerId.Anonymous("laptop"), 2).Id);

        var other = new IdentityGraph();
        other.Follow(Alias("new", "old", 1));
        Assert.Equal("old", other.PersonOf(CustomerId.User("new")).Id);
    }

    [Fact]
    public void Who_asks_to_be_joined_with_itself_or_as_an_anonymous_customer_joins_nothing()
    {
        var graph = new IdentityGraph();
        Assert.Null(graph.Follow(Alias("ann", "ann", 1)));
        Assert.Null(graph.Follow(new AnalyticsEvent
        {
            Customer = CustomerId.Anonymous("phone"), AnonymousId = "laptop", Name = "identify", Type = EventType.Identify, OccurredAt = 0, ReceivedAt = 0, MessageId = "m", Position = 2,
        }));
        Assert.Single(graph.PersonOf(CustomerId.Anonymous("phone")).Customers);
    }

    private static Gen<(bool IsAlias, int Who, int Other)[]> Asks() =>
        from count in Gen.Choose(0, 12)
        from asks in (from alias in Gen.Choose(0, 2) from who in Gen.Choose(0, 4) from other in Gen.Choose(0, 4) select (alias == 0, who, other)).ArrayOf(count)
        select asks;

    private static AnalyticsEvent Event((bool IsAlias, int Who, int Other) ask, long position) =>
        ask.IsAlias ? Alias($"u{ask.Who}", $"u{ask.Other}", position) : Identify($"u{ask.Who}", $"d{ask.Other % 4}", position);

    private static AnalyticsEvent Identify(string user, string anonymous, long position) => At(Shop.Identify(user, anonymous, 0), position);

    private static AnalyticsEvent Alias(string user, string previous, long position) => At(Shop.Alias(user, previous, 0), position);

    private static AnalyticsEvent At(AnalyticsEvent e, long position) => StoredEventCodec.Decode(StoredEventCodec.Encode(e), EventTypes.NameOf(e.Type), position);

    // The rule, read literally: sets that are joined one after the other.
    private static List<Person> NaivePersons(IEnumerable<AnalyticsEvent> events)
    {
        var sets = Everybody.Select(customer => (Name: (CustomerId?)null, Members: new HashSet<CustomerId> { customer })).ToList();
        var owners = new Dictionary<string, string>();
        foreach (var e in events)
        {
            var other = e.Type == EventType.Alias ? CustomerId.User(e.PreviousId!) : CustomerId.Anonymous(e.AnonymousId!);
            if (other.Kind == CustomerKind.Anonymous && !owners.TryAdd(other.Id, e.Customer.Id)) continue;
            var (left, right) = (sets.Single(set => set.Members.Contains(e.Customer)), sets.Single(set => set.Members.Contains(other)));
            if (left.Members == right.Members) continue;
            sets.Remove(left);
            sets.Remove(right);
            sets.Add((null, [.. left.Members, .. right.Members]));
        }
        return [.. sets.Select(set => new Person(NameOf(set.Members, events), [.. set.Members]))];
    }

    private static CustomerId NameOf(HashSet<CustomerId> members, IEnumerable<AnalyticsEvent> events)
    {
        var owners = new HashSet<string>();
        foreach (var e in events)
        {
            var bound = e.Type == EventType.Alias ? CustomerId.User(e.PreviousId!) : e.Customer;
            var joins = e.Type == EventType.Alias ? e.PreviousId != e.Customer.Id : owners.Add(e.AnonymousId!);
            if (joins && members.Contains(bound)) return bound;
        }
        return members.Min(Comparer<CustomerId>.Create((left, right) => string.CompareOrdinal(left.Id, right.Id)));
    }
}
