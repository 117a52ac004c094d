using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Sessions;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Sessions;

public sealed class NumberedSessionsTests
{
    private const long Minute = 60_000;
    private static readonly long Noon = Instant.Parse("2024-05-01T12:00:00Z");
    private static readonly string[] Beginnings = ["", "a", "A", "é", "\u00ff", "\ud7ff", "\ue000", "\uffff", "😀", "\U0010ffff", "\"\\", "\n"];

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(150)]
    [InlineData(900)]
    public void However_many_sessions_a_person_has_stored_equals_ad_hoc_and_has_one_form(int sessions)
    {
        var person = PersonOf(sessions);
        var query = new SessionsQuery { Interval = Period.Day, Range = Calendar.Utc.Days(new DateOnly(2024, 5, 1), new DateOnly(2024, 7, 30)) };
        var exploration = new SessionsExploration(query, Calendar.Utc);
        exploration.Add(person);
        var fold = new SessionFold(2, Calendar.Utc);
        foreach (var every in new[] { int.MaxValue, 1, 5 })
        {
            var cells = StoredRun.Fold(fold, SessionFold.Tables, [person], i => i % every == 0);
            Assert.Equal(JsonSerializer.Serialize(exploration.Build(), AnalysisJson.Options), JsonSerializer.Serialize(SessionsReport.Build(query, Calendar.Utc, cells, 2), AnalysisJson.Options));
        }
        var atOnce = Kept(fold, person, person.Events.Length);
        Assert.Equal(atOnce, Kept(fold, person, 1));
        Assert.Equal(atOnce, Kept(fold, person, 7));
    }

    [Fact]
    public void A_stored_state_has_the_sessions_in_the_ordinal_order_of_their_ids()
    {
        var person = PersonOf(300);
        var reader = new StateReader(Convert.FromHexString(Kept(new SessionFold(2, Calendar.Utc), person, 4)));
        Assert.Equal(person.Events[^1].At, reader.Int64());
        if (reader.Bool()) Skip(ref reader);
        var ids = new List<string>();
        for (var count = reader.Int64(); count > 0; count--)
        {
            ids.Add(reader.Text()!);
            Skip(ref reader);
        }
        Assert.True(reader.IsEnd);
        Assert.Equal(person.Events.Select(e => e.Event.SessionId).Where(id => !string.IsNullOrEmpty(id)).Distinct().Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void An_id_is_the_same_whether_it_lies_in_a_stored_event_or_is_a_string()
    {
        var person = PersonOf(40);
        var stored = person.Events.Select(e => e with { Event = StoredEventCodec.Decode(StoredEventCodec.Encode(e.Event), "page", e.Event.Position) }).ToArray();
        var mixed = person.Events.Select((e, i) => i % 2 == 0 ? e : stored[i]).ToArray();
        var fold = new SessionFold(2, Calendar.Utc);
        var expected = Kept(fold, person, 3);
        Assert.Equal(expected, Kept(fold, person with { Events = stored }, 3));
        Assert.Equal(expected, Kept(fold, person with { Events = mixed }, 3));
    }

    private static void Skip(ref StateReader reader)
    {
        for (var i = 0; i < 3; i++) reader.Int64();
        reader.Text();
    }

    // The state after batches of some events, written in between but not read.
    private static string Kept(IFold fold, PersonHistory person, int batch)
    {
        var (state, writer, cells) = (fold.NewState(), new StateWriter(), new CellSet(SessionFold.Tables));
        foreach (var events in person.Events.Chunk(batch))
        {
            writer.Clear();
            fold.Apply(state, events, cells);
            fold.WriteState(state, writer);
        }
        return Convert.ToHexString(writer.Written);
    }

    // Each session goes on now and then; one event in eight has no id.
    private static PersonHistory PersonOf(int sessions)
    {
        var random = new Random(sessions);
        var events = new PersonEvent[3 * sessions];
        for (var i = 0; i < events.Length; i++) events[i] = new PersonEvent(Event(random, i, random.Next(8) == 0 ? null : IdOf(random.Next(sessions))), Traits.Empty, Traits.Empty);
        return new PersonHistory("p", events);
    }

    private static string IdOf(int session) => Beginnings[session % Beginnings.Length] + (session / Beginnings.Length == 0 ? "" : new string((char)('a' + (session % 7)), session % 40) + session);

    private static AnalyticsEvent Event(Random random, int number, string? session) => new()
    {
        Name = "home",
        Type = EventType.Page,
        OccurredAt = Noon + (number * 20 * Minute),
        ReceivedAt = Noon + (number * 20 * Minute),
        MessageId = $"m{number}",
        Customer = CustomerId.User("p"),
        SessionId = session,
        Properties = JsonObjectSlice.FromText($$"""{"path":"/{{random.Next(5)}}"}"""),
        Position = number,
    };
}
