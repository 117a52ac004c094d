using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Projecting.Tests.Harness;

namespace EventSourcedAnalytics.Projecting.Tests.Identity;

public sealed class HistoryAssemblerTests
{
    private static readonly CustomerId Ann = CustomerId.User("ann");
    private static readonly CustomerId Phone = CustomerId.Anonymous("phone");

    [Fact]
    public void The_lower_position_of_a_repeated_message_wins_whatever_the_times()
    {
        var assembler = Assemble(Shop.Track(Ann, "first", 10, message: "m"), Shop.Track(Ann, "again", 0, message: "m"), Shop.Track(Phone, "other", 0, message: "m"));
        Assert.Equal((2, 1), (assembler.Count, assembler.Duplicates));
        Assert.Equal(["first", "other"], assembler.Persons().SelectMany(person => person.Events).Select(e => e.Event.Name));
    }

    [Fact]
    public void An_order_id_is_claimed_by_the_lower_position_not_by_the_earlier_time()
    {
        const string order = """{"order_id":"7","total":1,"currency":"EUR"}""";
        var assembler = Assemble(Shop.Track(Ann, "purchase_completed", 10, order), Shop.Track(Phone, "purchase_completed", 0, order));
        Assert.Equal(["ann: False", "phone: True"], assembler.Persons().Select(person => $"{person.Id}: {person.Events[0].IsRepeatedOrder}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Joined_customers_are_one_person_over_all_history_told_once_and_in_order_of_time()
    {
        var assembler = Assemble(
            Shop.Track(Phone, "b", 5), Shop.Track(CustomerId.User("bob"), "x", 0), Shop.Track(Ann, "c", 9), Shop.Identify("ann", "phone", 7, """{"plan":"x"}"""), Shop.Track(Ann, "a", 1));
        var persons = assembler.Persons().ToList();
        Assert.Equal(["ann", "bob"], persons.Select(person => person.Id).Order(StringComparer.Ordinal));
        var ann = persons.Single(person => person.Id == "ann");
        Assert.Equal(["a", "b", "c"], ann.Events.Select(e => e.Event.Name));
        Assert.Equal([false, false, true], ann.Events.Select(e => e.Traits.Values.Count > 0));
        Assert.All(ann.Events, e => Assert.Single(e.LatestTraits.Values));
    }

    [Fact]
    public void Persons_are_known_by_customers_that_have_no_events_of_their_own_but_nobody_is_invented()
    {
        var assembler = Assemble(Shop.Identify("ann", "phone", 0));
        Assert.Equal(Ann, assembler.PersonOf(Phone)!.Representative);
        Assert.Null(assembler.PersonOf(CustomerId.User("bob")));
        Assert.Empty(assembler.Persons().Single().Events);
    }

    private static HistoryAssembler Assemble(params AnalyticsEvent[] events)
    {
        var assembler = new HistoryAssembler(new OrderEvents(RevenueSettings.Default).ClaimOf);
        for (var i = 0; i < events.Length; i++) assembler.Add(StoredEventCodec.Decode(StoredEventCodec.Encode(events[i]), EventTypes.NameOf(events[i].Type), i + 1));
        Assert.Equal(events.Length, assembler.Position);
        return assembler;
    }
}
