using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Projecting.Tests.Histories;

/// <summary>What a message of a random history is.</summary>
internal enum What
{
    Track, Page, Order, Refund, Identify, Alias, Subscribe, Change, Cancel, Repeat, Group, Void, Amend,
}

/// <summary>One message of a random history; small numbers, so that everything collides with everything often.</summary>
internal sealed record Message(What What, int Who, int At, int Extra);

/// <summary>A random history: its messages in log order, the distance of two times, and the seed of everything around (definitions, batches, restarts).</summary>
internal sealed record Scenario(IReadOnlyList<Message> Messages, int Scale, int Seed)
{
    private static readonly long[] Scales = [1, 1_000, 3_600_000, 9 * 3_600_000, 3 * 86_400_000];

    public static Arbitrary<Scenario> Any { get; } = Arb.From(
        from messages in Gen.Sized(size => Message().ListOf(2 + (size / 3)))
        from scale in Gen.Choose(0, Scales.Length - 1)
        from seed in Gen.Choose(0, 1_000_000)
        select new Scenario([.. messages], scale, seed),
        Smaller);

    /// <summary>The random history of a seed. Its message ids begin with the seed, so that it can follow another one.</summary>
    public static Scenario Of(int seed, int messages)
    {
        var random = new Random(seed);
        var kinds = Enum.GetValues<What>();
        return new Scenario(
            [.. Enumerable.Range(0, messages).Select(_ => new Message(kinds[random.Next(kinds.Length)], random.Next(7), random.Next(16), random.Next(12)))], random.Next(Scales.Length), seed);
    }

    /// <summary>The events; the repeat of a message has its id and customer but a time of its own.</summary>
    public IReadOnlyList<AnalyticsEvent> Events()
    {
        var events = new List<AnalyticsEvent>();
        foreach (var message in Messages)
        {
            var at = message.At * Scales[Scale];
            var id = $"{Seed}-{events.Count}";
            events.Add(message.What switch
            {
                What.Repeat when events.Count > 0 => Repeat(Earlier(events, message), at),
                What.Void when events.Count > 0 => Shop.Void(Earlier(events, message), id),
                What.Amend when events.Count > 0 => Shop.Amend(Earlier(events, message), Event(message with { What = message.At % 2 == 0 ? What.Order : What.Track }, at, id)),
                _ => Event(message, at, id),
            });
        }
        return events;
    }

    public override string ToString() => $"scale {Scales[Scale]} ms, seed {Seed}\n" + string.Join("\n", Messages.Select(message => "  " + message));

    // Mostly one that came shortly before.
    private static AnalyticsEvent Earlier(List<AnalyticsEvent> events, Message message) => events[Math.Max(0, events.Count - 1 - message.Extra - (message.Who % 2 * 10))];

    private static Gen<Message> Message() =>
        from what in Gen.Frequency(
            (10, Gen.Constant(What.Track)), (1, Gen.Constant(What.Page)), (4, Gen.Constant(What.Order)), (1, Gen.Constant(What.Refund)), (4, Gen.Constant(What.Identify)),
            (2, Gen.Constant(What.Alias)), (1, Gen.Constant(What.Subscribe)), (1, Gen.Constant(What.Change)), (1, Gen.Constant(What.Cancel)), (3, Gen.Constant(What.Repeat)),
            (1, Gen.Constant(What.Group)), (2, Gen.Constant(What.Void)), (3, Gen.Constant(What.Amend)))
        from who in Gen.Choose(0, 6)
        from at in Gen.Choose(0, 15)
        from extra in Gen.Choose(0, 11)
        select new Message(what, who, at, extra);

    private static IEnumerable<Scenario> Smaller(Scenario scenario)
    {
        var all = scenario.Messages;
        for (var size = all.Count / 2; size > 0; size /= 2)
            for (var start = 0; start < all.Count; start += size)
                yield return scenario with { Messages = [.. all.Take(start), .. all.Skip(start + size)] };
        for (var i = 0; i < all.Count; i++)
        {
            foreach (var simpler in Simpler(all[i]))
                yield return scenario with { Messages = [.. all.Take(i), simpler, .. all.Skip(i + 1)] };
        }
    }

    private static IEnumerable<Message> Simpler(Message message)
    {
        if (message.What is not (What.Track or What.Repeat or What.Identify or What.Alias)) yield return message with { What = What.Track };
        if (message.Extra > 0) yield return message with { Extra = message.Extra / 2 };
        if (message.At > 0) yield return message with { At = message.At / 2 };
    }

    // Ids 0 to 2 are users, the others devices.
    private static CustomerId Customer(int who) => who < 3 ? CustomerId.User($"u{who}") : CustomerId.Anonymous($"d{who}");

    private static AnalyticsEvent Event(Message message, long at, string id)
    {
        var customer = Customer(message.Who);
        var extra = message.Extra;
        return message.What switch
        {
            What.Identify => Shop.Identify($"u{message.Who % 3}", extra % 4 == 3 ? null : $"d{3 + (extra % 4)}", at, $$"""{"plan":"{{"xyz"[extra % 3]}}"}""", id),
            What.Alias => Shop.Alias($"u{message.Who % 3}", $"u{extra % 3}", at, id),
            What.Order => Shop.Track(customer, "purchase_completed", at, $$"""{"order_id":"o{{extra % 4}}","total":{{10 + extra}},"currency":"{{(extra % 2 == 0 ? "EUR" : "USD")}}"}""", id),
            What.Refund => Shop.Track(customer, "refund_issued", at, $$"""{"order_id":"o{{extra % 4}}","total":{{1 + extra}},"currency":"EUR"}""", id),
            What.Subscribe => Shop.Track(customer, "subscription_started", at, Subscription(extra), id),
            What.Change => Shop.Track(customer, "subscription_changed", at, Subscription(extra), id),
            What.Cancel => Shop.Track(customer, "subscription_cancelled", at, Subscription(extra), id),
            What.Page => Other(customer, EventType.Page, "home", at, id),
            What.Group => Other(customer, EventType.Group, "group", at, id),
            _ => Shop.Track(customer, "abc".Substring(extra % 3, 1), at, $$"""{"v":"{{"pqr"[extra / 4]}}","n":{{extra}}}""", id),
        };
    }

    private static string Subscription(int extra) => $$"""{"subscription_id":"s{{extra % 2}}","plan":"p","amount":{{10 + extra}},"currency":"EUR","interval":"month","quantity":1}""";

    private static AnalyticsEvent Other(CustomerId customer, EventType type, string name, long at, string id) => new()
    {
        Customer = customer, Name = name, Type = type, OccurredAt = Shop.Noon + at, ReceivedAt = Shop.Noon + at, MessageId = id,
    };

    private static AnalyticsEvent Repeat(AnalyticsEvent e, long at) => new()
    {
        Customer = e.Customer, AnonymousId = e.AnonymousId, PreviousId = e.PreviousId, Name = e.Name, Type = e.Type, OccurredAt = Shop.Noon + at, ReceivedAt = e.ReceivedAt,
        MessageId = e.MessageId, Corrects = e.Corrects, Properties = e.Properties, Context = e.Context, Traits = e.Traits,
    };
}
