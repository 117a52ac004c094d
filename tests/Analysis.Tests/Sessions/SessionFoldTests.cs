using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Sessions;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Sessions;

public sealed class SessionFoldTests
{
    private const long Minute = 60_000;
    private static readonly long Noon = Instant.Parse("2024-05-01T12:00:00Z");

    [Fact]
    public void Gaps_of_more_than_half_an_hour_cut_and_one_page_view_alone_is_a_bounce()
    {
        var person = Person(Page(0, "/home"), Page(30 * Minute, "/shop"), Track(35 * Minute), Page((65 * Minute) + 1, "/home"));
        foreach (var report in Answers(person, Period.Day))
        {
            var day = Assert.Single(report.Periods);
            Assert.Equal((2L, 1L, 4L, 35 * Minute), (day.Sessions, day.Bounces, day.Events, day.DurationMs));
            Assert.Equal(0.5, day.BounceRate);
            Assert.Equal(17.5 * 60, day.AverageSeconds);
            Assert.Equal([new SessionsPage("/home", 2, 1)], report.EntryPages);
            Assert.Equal([new SessionsPage("/home", 1, 1), new SessionsPage("/shop", 1, 0)], report.ExitPages);
        }
    }

    [Fact]
    public void A_session_id_joins_its_events_whatever_the_gap_and_counts_in_the_hour_it_began()
    {
        var person = Person(Page(0, "/a", "s1"), Track(10 * Minute), Page(50 * Minute, "/b", "s2"), Page(200 * Minute, "/c", "s1"));
        foreach (var report in Answers(person, Period.Hour))
        {
            Assert.Equal(4, report.Periods[12].Events);
            Assert.Equal(3, report.Periods[12].Sessions);
            Assert.Equal(1, report.Periods[12].Bounces);
            Assert.Equal(200 * Minute, report.Periods[12].DurationMs);
            Assert.Equal(["/a", "/b"], report.EntryPages.Select(page => page.Page));
            Assert.Equal(["/b", "/c"], report.ExitPages.Select(page => page.Page));
        }
    }

    [Fact]
    public void Stored_equals_ad_hoc_however_batches_are_cut() => Properties.ForSeeds(400, seed =>
    {
        var world = new RandomHistories(seed);
        var persons = world.Persons(Period.Hour, spread: 20);
        foreach (var person in persons)
            for (var i = 0; i < person.Events.Length; i++) person.Events[i] = person.Events[i] with { Event = WithSession(person.Events[i].Event, world) };
        var interval = world.OneOf(Period.Hour, Period.Day, Period.Week, Period.Month);
        var from = world.Calendar.StartOf(interval == Period.Hour ? Period.Day : interval, world.Center);
        var query = new SessionsQuery { Interval = interval, Range = new TimeRange(from, world.Calendar.EndOf(interval == Period.Hour ? Period.Day : interval, from)) };
        Assert.True(SessionsReport.CanAnswer(query, world.Calendar));
        SessionsExploration left = new(query, world.Calendar), right = new(query, world.Calendar);
        foreach (var person in persons) (world.Random.Next(2) == 0 ? left : right).Add(person);
        left.Merge(right);
        var cells = StoredRun.Fold(new SessionFold(2, world.Calendar), SessionFold.Tables, persons, _ => world.Random.Next(3) == 0);
        var selected = StoredRun.Select(cells, SessionFold.Tables, SessionsReport.Selections(query, world.Calendar));
        Assert.Equal(JsonSerializer.Serialize(left.Build(), AnalysisJson.Options), JsonSerializer.Serialize(SessionsReport.Build(query, world.Calendar, selected, 2), AnalysisJson.Options));
    });

    [SharedFact]
    public void Ecom_has_as_many_sessions_as_its_source_says()
    {
        var query = new SessionsQuery { Interval = Period.Quarter, Range = new TimeRange(Instant.Parse("2024-01-01"), Instant.Parse("2024-07-01") - 1) };
        var cells = StoredRun.Fold(new SessionFold(2, Calendar.Utc), SessionFold.Tables, SharedData.Read("ecom"), i => i % 7 == 0);
        var report = SessionsReport.Build(query, Calendar.Utc, cells, 2);
        Assert.Equal(SharedData.Expected("ecom").GetProperty("totals").GetProperty("sessions").GetInt64(), report.Periods.Sum(period => period.Sessions));
        Assert.Equal(SharedData.Expected("ecom").GetProperty("totals").GetProperty("messages").GetInt64(), report.Periods.Sum(period => period.Events));
    }

    private static IEnumerable<SessionsReport> Answers(PersonHistory person, Period interval)
    {
        var query = new SessionsQuery { Interval = interval, Range = Calendar.Utc.Days(new DateOnly(2024, 5, 1), new DateOnly(2024, 5, 1)) };
        var exploration = new SessionsExploration(query, Calendar.Utc);
        exploration.Add(person);
        yield return exploration.Build();
        yield return SessionsReport.Build(query, Calendar.Utc, StoredRun.Fold(new SessionFold(2, Calendar.Utc), SessionFold.Tables, [person]), 2);
    }

    private static AnalyticsEvent WithSession(AnalyticsEvent e, RandomHistories world) => new()
    {
        Name = e.Name,
        Type = e.Type,
        OccurredAt = e.OccurredAt,
        ReceivedAt = 0,
        MessageId = e.MessageId,
        Customer = e.Customer,
        SessionId = world.OneOf(null, null, "s1", "s2", ""),
        Properties = JsonObjectSlice.FromText(world.OneOf("{}", """{"path":"/a"}""", """{"path":"/b"}""")),
        Position = e.Position,
    };

    private static PersonHistory Person(params AnalyticsEvent[] events) => PersonHistory.From("p", [.. events]);

    private static AnalyticsEvent Page(long after, string path, string? session = null) => Event(after, EventType.Page, JsonSerializer.Serialize(new { page = new { path } }), session);

    private static AnalyticsEvent Track(long after) => Event(after, EventType.Track, "{}", null);

    private static AnalyticsEvent Event(long after, EventType type, string context, string? session) => new()
    {
        Name = "e",
        Type = type,
        OccurredAt = Noon + after,
        ReceivedAt = 0,
        MessageId = $"{after}",
        Customer = CustomerId.User("p"),
        SessionId = session,
        Context = JsonObjectSlice.FromText(context),
        Position = after,
    };
}
