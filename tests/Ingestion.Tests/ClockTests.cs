using EventSourcedAnalytics.Analysis.Values;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Ingestion.Tests;

public sealed class ClockTests
{
    private static readonly Gen<long> Instants = Gen.Choose(0, int.MaxValue).Select(i => i * 1000L);

    [Fact]
    public void A_wrong_clock_of_the_sender_changes_nothing() => Prop.ForAll(
        Instants.ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Choose(int.MinValue / 2, int.MaxValue / 2).ToArbitrary(), (happened, waited, skew) =>
        {
            var receivedAt = happened + waited;
            var message = Message(original: happened + skew, sent: receivedAt + skew);
            return EventTime.OfLive(message, receivedAt) == happened;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_import_takes_the_time_as_given() => Prop.ForAll(Instants.ToArbitrary(), Instants.ToArbitrary(), Instants.ToArbitrary(), (given, original, sent) =>
        EventTime.OfImported(Message(given, original, sent), receivedAt: 5) == given).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_both_stamps_the_time_as_given_counts_else_the_arrival()
    {
        Assert.Equal(7, EventTime.OfLive(Message(given: 7, sent: 100), 50));
        Assert.Equal(7, EventTime.OfLive(Message(given: 7, original: 8), 50));
        Assert.Equal(8, EventTime.OfLive(Message(original: 8), 50));
        Assert.Equal(50, EventTime.OfLive(Message(sent: 100), 50));
        Assert.Equal(50, EventTime.OfImported(Message(sent: 100), 50));
    }

    [Fact]
    public async Task A_corrected_time_keeps_what_the_sender_wrote()
    {
        await using var door = await Door.OpenAsync();

        var e = await door.StoreAsync("track", """{"userId":"u","event":"e","originalTimestamp":"2024-01-10T10:00:00+01:00","sentAt":"2024-01-10T10:01:00+01:00","timestamp":"2001-01-01"}""");

        Assert.Equal(Instant.Parse("2024-01-10T12:59:00Z"), e.OccurredAt);
        Assert.Contains("\"sentAs\":\"2024-01-10T10:00:00+01:00\"", System.Text.Encoding.UTF8.GetString(door.Log.Events[^1].Data.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024-01-10T14:00:00.000Z", true)]
    [InlineData("2024-01-10T14:00:00.001Z", false)]
    public async Task An_hour_ahead_is_the_limit(string timestamp, bool isTaken)
    {
        await using var door = await Door.OpenAsync();

        var reply = await door.PostAsync("track", $$"""{"userId":"u","event":"e","timestamp":"{{timestamp}}"}""");

        Assert.Equal(isTaken ? [] : ["TIMESTAMP_IN_FUTURE"], reply.Rejected.Select(r => r.GetProperty("code").GetString()!));
    }

    private static Message Message(long? given = null, long? original = null, long? sent = null) => new() { Index = 0, Timestamp = given, OriginalTimestamp = original, SentAt = sent };
}
