using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Facts;

/// <summary>When Postgres is asked whether an order id is claimed: not about what came lately, unless a correction touched it.</summary>
public sealed class OrderDecisionsTests
{
    private readonly Project project = Project.After("p", null, new ProjectCreated("p", new ProjectSettings { TimeZone = "UTC" }, Encoding.UTF8.GetBytes(new string('s', 32))), LogPosition.At(1));
    private readonly InMemoryEventLog log = new();
    private readonly Watched committed = new();
    private readonly OrderDecisions decisions;

    public OrderDecisionsTests() => decisions = new OrderDecisions(log, committed);

    [Fact]
    public async Task Nobody_is_asked_about_an_order_that_came_lately()
    {
        Assert.Equal(0, await RepeatedAsync(Shop.Order("ann", "Order Completed", "o1"), Shop.Order("bob", "Order Completed", "o2")));
        Assert.Equal(1, await RepeatedAsync(Shop.Order("cid", "Order Completed", "o1"), Shop.Order("cid", "Order Completed", "o3")));
        Assert.Equal(2, await RepeatedAsync(Shop.Order("ann", "Order Completed", "o4"), Shop.Order("bob", "Order Completed", "o4"), Shop.Order("cid", "Order Completed", "o4")));
        Assert.Empty(committed.Asked);
    }

    [Fact]
    public async Task After_a_correction_of_an_order_what_is_committed_tells_whether_it_is_claimed()
    {
        var first = Shop.Order("ann", "Order Completed", "o1");
        await RepeatedAsync(first);
        await RepeatedAsync(Shop.Void(first));
        Assert.Equal(0, await RepeatedAsync(Shop.Order("bob", "Order Completed", "o1")));
        Assert.Equal(["o1"], committed.Asked);
        Assert.Equal(1, await RepeatedAsync(Shop.Order("cid", "Order Completed", "o1")));
        Assert.Equal(["o1"], committed.Asked);
    }

    [Fact]
    public async Task After_the_claims_were_made_anew_what_is_committed_tells()
    {
        await RepeatedAsync(Shop.Order("ann", "Order Completed", "o1"));
        decisions.Remember(new FactsDelta());
        committed.Store = new MemoryStore();
        Assert.Equal(0, await RepeatedAsync(Shop.Order("bob", "Order Completed", "o1")));
        Assert.Equal(["o1"], committed.Asked);
    }

    [Fact]
    public void The_older_half_of_what_came_lately_is_forgotten()
    {
        var recent = new RecentClaims();
        for (var i = 0; i <= Limits.MaxRecentClaims; i++) recent.Add(("p", $"o{i}"));
        Assert.Null(recent.IsClaimed(("p", "o0")));
        Assert.Null(recent.IsClaimed(("p", $"o{(Limits.MaxRecentClaims / 2) - 1}")));
        Assert.True(recent.IsClaimed(("p", $"o{Limits.MaxRecentClaims / 2}")));
        Assert.True(recent.IsClaimed(("p", $"o{Limits.MaxRecentClaims}")));
        Assert.Null(recent.IsClaimed(("q", $"o{Limits.MaxRecentClaims}")));
    }

    // Decides events and commits what was decided; tells how many repeat an order.
    private async Task<int> RepeatedAsync(params AnalyticsEvent[] events)
    {
        var decided = new List<DecodedEvent>();
        foreach (var e in events)
        {
            await log.AppendAsync(
                StreamNames.Customer(project.Id, CustomerKeys.Of(project.CustomerSecret, e.Customer)), ExpectedRevision.Any,
                [new EventToAppend(Guid.NewGuid(), EventTypes.NameOf(e.Type), StoredEventCodec.Encode(e))], CancellationToken.None);
            decided.Add(EventDecoder.TryDecode(log.Events[^1])!);
        }
        var delta = new FactsDelta();
        var repeated = await decisions.DecideAsync(decided, id => id == project.Id ? project : null, delta, CancellationToken.None);
        committed.Store.Apply(delta, LogPosition.At(decided[^1].Position));
        return repeated.Count;
    }

    // What is committed, and which order ids it was asked about.
    private sealed class Watched : IOrderMentions
    {
        public MemoryStore Store { get; set; } = new();

        public List<string> Asked { get; } = [];

        public Task<HashSet<(string Project, string OrderId)>> FindClaimedAsync(IReadOnlyList<(string Project, string OrderId)> orders, CancellationToken cancellationToken)
        {
            Asked.AddRange(orders.Select(order => order.OrderId));
            return Store.FindClaimedAsync(orders, cancellationToken);
        }

        public Task<IReadOnlyList<OrderMention>> FindMentionsAsync(string project, string orderId, CancellationToken cancellationToken) =>
            Store.FindMentionsAsync(project, orderId, cancellationToken);
    }
}
