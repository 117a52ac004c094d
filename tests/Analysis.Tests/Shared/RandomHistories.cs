using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Shared;

/// <summary>Small random worlds: persons whose events crowd around the borders of periods and the clock changes of awkward zones.</summary>
internal sealed class RandomHistories(int seed)
{
    private static readonly (string Zone, string Around)[] Places =
    [
        ("UTC", "2024-02-28T00:00:00Z"), ("America/New_York", "2024-03-10T05:00:00Z"), ("America/New_York", "2024-11-03T04:00:00Z"),
        ("Europe/Berlin", "2024-03-30T23:00:00Z"), ("Europe/Berlin", "2024-10-26T22:00:00Z"), ("Asia/Kolkata", "2024-01-01T18:30:00Z"),
        ("Australia/Lord_Howe", "2024-04-06T13:00:00Z"), ("Australia/Lord_Howe", "2024-10-05T13:30:00Z"), ("America/Havana", "2024-03-10T05:00:00Z"),
        ("America/Havana", "2024-11-03T04:00:00Z"), ("Africa/Cairo", "2024-04-25T22:00:00Z"), ("Africa/Cairo", "2024-10-31T21:00:00Z"),
    ];

    private static readonly string[] Names = ["open", "buy", "leave"];

    public Random Random { get; } = new(seed);

    public Calendar Calendar { get; private set; } = Calendar.Utc;

    /// <summary>An instant that the world crowds around.</summary>
    public long Center { get; private set; }

    public T OneOf<T>(params T[] values) => values[Random.Next(values.Length)];

    /// <summary>Some persons; their events spread over some periods of one kind.</summary>
    public List<PersonHistory> Persons(Period period, int maxPersons = 5, int maxEvents = 25, int spread = 9)
    {
        var (zone, around) = OneOf(Places);
        Calendar = Calendar.For(zone, OneOf(DayOfWeek.Sunday, DayOfWeek.Monday));
        Center = Calendar.StartOf(period, Instant.Parse(around));
        long position = 0;
        var persons = new List<PersonHistory>();
        for (var person = Random.Next(1, maxPersons + 1); person > 0; person--)
        {
            var id = $"p{person}";
            var events = new List<AnalyticsEvent>();
            for (var count = Random.Next(0, maxEvents + 1); count > 0; count--) events.Add(Event(id, period, spread, position++));
            persons.Add(PersonHistory.From(id, events));
        }
        return persons;
    }

    private AnalyticsEvent Event(string person, Period period, int spread, long position)
    {
        var isIdentify = Random.Next(12) == 0;
        return new AnalyticsEvent
        {
            Name = isIdentify ? "identify" : OneOf(Names),
            Type = isIdentify ? EventType.Identify : OneOf(EventType.Track, EventType.Page),
            OccurredAt = InstantNear(period, spread),
            ReceivedAt = 0,
            MessageId = $"m{position}",
            Customer = CustomerId.User(person),
            Properties = isIdentify ? default : JsonObjectSlice.FromText(Properties()),
            Traits = isIdentify ? JsonObjectSlice.FromText(OneOf("""{"tier":"gold"}""", """{"tier":"free"}""")) : default,
            Position = position,
        };
    }

    private long InstantNear(Period period, int spread)
    {
        var start = Calendar.Add(period, Center, Random.Next(-spread, spread + 1));
        var length = Calendar.EndOf(period, start) - start;
        return Random.Next(4) switch
        {
            0 => start,
            1 => start - 1,
            2 => start + (length / 8 * Random.Next(8)),
            _ => start + Random.NextInt64(length + 1),
        };
    }

    private string Properties() => OneOf("{}", """{"plan":"a","n":1}""", """{"plan":"a","n":2.5}""", """{"plan":"b","n":-4}""", """{"plan":1,"n":"text"}""", """{"plan":null,"n":0.000000001}""");
}
