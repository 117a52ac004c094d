using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>Events that a read of the log leaves out are found by the numbers that their streams give them, though everything that was folded agrees.</summary>
public sealed class StreamAuditTests
{
    [Theory]
    [InlineData(0, "event 0 was not read")]
    [InlineData(3, "event 3 was not read")]
    [InlineData(5, "event 5 was not read")]
    public async Task An_event_that_every_scan_of_the_log_leaves_out_is_named_by_its_stream(int lost, string what)
    {
        WatchedLog? watched = null;
        await using var world = await World.CreateAsync(log => watched = new WatchedLog(log));
        var shop = await world.CreateShopAsync();
        var ann = StreamNames.Customer(shop.Id, CustomerKeys.Of(shop.Project.CustomerSecret, CustomerId.User("ann")));
        watched!.Loses = recorded => recorded.Stream == ann && recorded.Revision == lost;
        await world.StartAsync();
        for (var i = 0; i < 6; i++) await shop.AppendAsync(Shop.Track(CustomerId.User("ann"), "a", i), Shop.Track(CustomerId.User("bob"), "a", i));
        await world.SettleAsync();

        var audited = await world.Engine.VerifyAsync("activity", null, CancellationToken.None);
        Assert.Equal((0, false), (audited.DifferenceCount, audited.IsEqual));
        Assert.Equal($"stream {ann}: {what}", Assert.Single(audited.Skipped));

        watched.Loses = null;
        audited = await world.Engine.VerifyAsync("activity", null, CancellationToken.None);
        Assert.Equal("activity_v1 applied 11 of the log's 12 events", Assert.Single(audited.Skipped));
    }

    [Fact]
    public async Task What_comes_behind_the_scan_and_streams_that_were_cut_off_or_deleted_are_no_loss()
    {
        await using var log = new InMemoryEventLog();
        var audit = new StreamAudit();
        for (var i = 0; i < 250; i++) await AppendAsync(log, 1);
        foreach (var recorded in log.Events.Take(40).Skip(10)) audit.Add(EventDecoder.TryDecode(recorded)!);
        audit.Add(Decoded(2, 5));
        audit.Add(Decoded(2, 6));
        Assert.Equal($"stream {Stream(1)}: events 0 to 9 were not read", Assert.Single(await audit.FinishAsync(log, LogPosition.At(40), CancellationToken.None)));

        audit = new StreamAudit();
        foreach (var recorded in log.Events.Take(40)) audit.Add(EventDecoder.TryDecode(recorded)!);
        Assert.Empty(await audit.FinishAsync(log, LogPosition.At(40), CancellationToken.None));
        Assert.Equal($"stream {Stream(1)}: events 40 to 249 were not read", Assert.Single(await audit.FinishAsync(log, LogPosition.At(250), CancellationToken.None)));
    }

    [Fact]
    public async Task Only_the_first_streams_are_listed_and_those_that_there_is_no_room_for_are_counted()
    {
        await using var log = new InMemoryEventLog();
        var audit = new StreamAudit(maxStreams: 30);
        for (var customer = 0; customer < 40; customer++) audit.Add(Decoded(customer, 0));
        for (var customer = 0; customer < 40; customer++) audit.Add(Decoded(customer, customer == 0 ? 0 : 2));
        var lines = await audit.FinishAsync(log, LogPosition.At(1), CancellationToken.None);
        Assert.Equal(Comparison.MaxDifferences + 1, lines.Count);
        Assert.Equal("10 further streams", lines[^1]);
        Assert.Equal(20, audit.Unaudited);
    }

    private static async Task AppendAsync(InMemoryEventLog log, int customer) => Assert.IsType<AppendResult.Appended>(
        await log.AppendAsync(Stream(customer), ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), "track", "{}"u8.ToArray())], CancellationToken.None));

    private static DecodedEvent Decoded(int customer, long revision) => new() { ProjectId = "p", Customer = new CustomerKey((UInt128)customer), Position = 1, Revision = revision };

    private static string Stream(int customer) => StreamNames.Customer("p", new CustomerKey((UInt128)customer));
}
