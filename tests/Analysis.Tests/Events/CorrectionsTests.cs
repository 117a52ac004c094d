using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Analysis.Tests.Events;

/// <summary>What holds of events that were corrected.</summary>
public class CorrectionsTests
{
    private static readonly CustomerId Ann = CustomerId.User("ann");

    [Fact]
    public void Without_corrections_the_list_is_the_same() => Assert.Same(Plain, Corrections.Apply(Plain));

    [Fact]
    public void A_voided_event_never_happened_whatever_amendments_there_are() =>
        Assert.Equal([2L], Positions(Event(1, "a"), Event(2, "b"), Amended(3, "a", "c"), Voided(4, "a"), Amended(5, "a", "d")));

    [Fact]
    public void The_last_amendment_by_position_tells_name_time_and_properties_and_the_place_stays()
    {
        var held = Assert.Single(Corrections.Apply([Amended(5, "a", "later"), Event(1, "a"), Amended(3, "a", "earlier")]));
        Assert.Equal(("later", 5_000L, 1L, "a", EventType.Page), (held.Name, held.OccurredAt, held.Position, held.MessageId, held.Type));
    }

    [Fact]
    public void A_correction_is_about_its_own_customers_event_that_lies_before_it() =>
        Assert.Equal([1L, 4L], Positions(Event(1, "a"), Voided(2, "b"), Voided(3, "a", CustomerId.User("bob")), Event(4, "b")));

    [Fact]
    public void Identify_events_and_corrections_themselves_are_not_corrected() =>
        Assert.Equal([1L], Positions(Event(1, "a", EventType.Identify), Voided(2, "a"), Voided(3, "2")));

    private static List<AnalyticsEvent> Plain { get; } = [Event(1, "a"), Event(2, "b")];

    private static List<long> Positions(params AnalyticsEvent[] events) => Corrections.Apply([.. events]).ConvertAll(e => e.Position);

    private static AnalyticsEvent Voided(long position, string message, CustomerId? customer = null) => Correction(EventType.Voided, position, message, "event_voided", customer);

    private static AnalyticsEvent Amended(long position, string message, string name) => Correction(EventType.Amended, position, message, name, null);

    private static AnalyticsEvent Correction(EventType type, long position, string corrects, string name, CustomerId? customer) => new()
    {
        Type = type, Name = name, Corrects = corrects, Customer = customer ?? Ann, OccurredAt = position * 1_000, ReceivedAt = 0, MessageId = $"{position}", Position = position,
    };

    private static AnalyticsEvent Event(long position, string message, EventType type = EventType.Page) => new()
    {
        Type = type, Name = "sent", Customer = Ann, OccurredAt = position * 1_000, ReceivedAt = 0, MessageId = message, Position = position,
    };
}
