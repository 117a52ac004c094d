using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion.Tests;

/// <summary>Corrections on their way into the log.</summary>
public class CorrectionTests
{
    private const string Visit = """{"userId":"ann","event":"visit","messageId":"m1","timestamp":"2024-01-01T00:00:00Z","properties":{"n":1}}""";

    [Fact]
    public async Task A_correction_lies_behind_its_event_in_the_customers_stream()
    {
        await using var door = await Door.OpenAsync();
        var sent = await door.StoreAsync("track", Visit);
        await door.DoAsync(new VoidEvent("shop", sent.Customer, "m1", "sent by a robot"));
        var stored = door.Log.Events[^1];
        Assert.Equal((door.Log.Events[^2].Stream, "event_voided"), (stored.Stream, stored.Type));
        var correction = StoredEventCodec.Decode(stored.Data, stored.Type, stored.Position.Commit);
        Assert.Equal(("m1", sent.Customer, true), (correction.Corrects, correction.Customer, correction.IsCorrection));
        Assert.Contains("sent by a robot", Encoding.UTF8.GetString(stored.Data.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Voiding_twice_is_voiding_once_and_what_is_voided_stays_so()
    {
        await using var door = await Door.OpenAsync();
        var sent = await door.StoreAsync("track", Visit);
        await door.DoAsync(new VoidEvent("shop", sent.Customer, "m1", null));
        var count = door.Log.Events.Count;
        await door.DoAsync(new VoidEvent("shop", sent.Customer, "m1", null));
        Assert.Equal(CorrectionCodes.EventVoided, await door.RefusedAsync(new AmendEvent("shop", sent.Customer, "m1", "other", null, null, null)));
        Assert.Equal(count, door.Log.Events.Count);
    }

    [Fact]
    public async Task An_amendment_changes_what_it_names_and_builds_on_the_one_before()
    {
        await using var door = await Door.OpenAsync();
        var sent = await door.StoreAsync("track", Visit);
        var first = await door.DoAsync(new AmendEvent("shop", sent.Customer, "m1", null, null, """{"n":2}"""u8.ToArray(), null));
        Assert.Equal(("visit", sent.OccurredAt, "n2"), (first.Name, first.OccurredAt, first.Properties.Find(PropertyPath.Parse("properties.n")).ToKey()));
        var second = await door.DoAsync(new AmendEvent("shop", sent.Customer, "m1", "call", DateTimeOffset.UnixEpoch, null, null));
        Assert.Equal(("call", 0L, "n2", sent.Position), (second.Name, second.OccurredAt, second.Properties.Find(PropertyPath.Parse("properties.n")).ToKey(), second.Position));
    }

    [Fact]
    public async Task An_amendment_keeps_the_rules_of_a_message()
    {
        await using var door = await Door.OpenAsync();
        var sent = await door.StoreAsync("track", """{"userId":"ann","event":"purchase_completed","messageId":"m1","properties":{"order_id":"1","total":5,"currency":"EUR"}}""");
        Assert.Equal(Ingestion.ErrorCodes.TimestampInFuture, await door.RefusedAsync(new AmendEvent("shop", sent.Customer, "m1", null, DateTimeOffset.MaxValue, null, null)));
        Assert.NotNull(await door.RefusedAsync(new AmendEvent("shop", sent.Customer, "m1", null, null, """{"order_id":"1","total":"much","currency":"EUR"}"""u8.ToArray(), null)));
        Assert.NotNull(await door.RefusedAsync(new AmendEvent("shop", sent.Customer, "m1", "", null, null, null)));
        Assert.Single(door.Stored());
    }

    [Fact]
    public async Task Identities_and_unknown_events_cannot_be_corrected()
    {
        await using var door = await Door.OpenAsync();
        await door.StoreAsync("identify", """{"userId":"ann","anonymousId":"a1","messageId":"m1","traits":{"plan":"pro"}}""");
        Assert.Equal(CorrectionCodes.NotCorrectable, await door.RefusedAsync(new VoidEvent("shop", CustomerId.User("ann"), "m1", null)));
        Assert.Equal(CorrectionCodes.EventNotFound, await door.RefusedAsync(new VoidEvent("shop", CustomerId.User("ann"), "m2", null)));
        Assert.Equal("PROJECT_NOT_FOUND", await door.RefusedAsync(new VoidEvent("nowhere", CustomerId.User("ann"), "m1", null)));
    }

    [Theory]
    [InlineData("event_voided")]
    [InlineData("event_amended")]
    public async Task Senders_cannot_send_corrections(string type)
    {
        await using var door = await Door.OpenAsync();
        var reply = await door.PostAsync("batch", $$"""{"batch":[{"type":"{{type}}","userId":"ann","messageId":"x","corrects":"m1"}]}""");
        Assert.Equal(Ingestion.ErrorCodes.UnknownType, Assert.Single(reply.Rejected).GetProperty("code").GetString());
        Assert.Equal(404, (await door.PostAsync(type, "{}")).Status);
    }
}
