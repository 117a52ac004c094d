using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Analysis.Tests.Events;

public sealed class IdentityLinkTests
{
    [Fact]
    public void Identify_with_both_ids_binds_the_anonymous_one() =>
        Assert.Equal(new IdentityLink.Bind("dev", "ann"), IdentityLink.Of(Event(EventType.Identify, CustomerId.User("ann"), anonymous: "dev")));

    [Fact]
    public void Alias_joins_two_user_ids() =>
        Assert.Equal(new IdentityLink.Join("old", "ann"), IdentityLink.Of(Event(EventType.Alias, CustomerId.User("ann"), anonymous: "dev", previous: "old")));

    [Fact]
    public void Alias_of_its_own_anonymous_id_binds_like_identify() =>
        Assert.Equal(new IdentityLink.Bind("dev", "ann"), IdentityLink.Of(Event(EventType.Alias, CustomerId.User("ann"), anonymous: "dev", previous: "dev")));

    [Theory]
    [InlineData(EventType.Track, "dev", null)]
    [InlineData(EventType.Group, "dev", null)]
    [InlineData(EventType.Identify, null, null)]
    [InlineData(EventType.Alias, null, "ann")]
    public void Everything_else_links_nobody(EventType type, string? anonymous, string? previous) =>
        Assert.Null(IdentityLink.Of(Event(type, CustomerId.User("ann"), anonymous, previous)));

    private static AnalyticsEvent Event(EventType type, CustomerId customer, string? anonymous = null, string? previous = null) => new()
    {
        Type = type, Name = "n", OccurredAt = 0, ReceivedAt = 0, MessageId = "m", Customer = customer, AnonymousId = anonymous, PreviousId = previous,
    };
}
