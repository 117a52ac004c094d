using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Funnels;

/// <summary>Histories and funnels in one line: <c>"A@0 B@60 x@61"</c> is A at second 0, B a minute later; steps are <c>"A B C"</c>.</summary>
internal static class Sequence
{
    public static readonly long Begin = Instant.Parse("2024-03-04T09:00:00Z");

    public static PersonHistory Of(string events, string id = "p") => PersonHistory.From(id, [.. events.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((text, i) => Event(text, i + 1))]);

    public static FunnelQuery Funnel(string steps, int windowSeconds = 3_600) =>
        new() { Steps = [.. steps.Split(' ').Select(step => FunnelStep.Named(step.TrimEnd('?')) with { Optional = step.EndsWith('?') })], Window = new FunnelWindow(windowSeconds, WindowUnit.Second) };

    /// <summary>The depth a person reaches; 0 = none.</summary>
    public static int Depth(FunnelQuery query, string events) => Persons(query, events).Select(person => person.Depth).DefaultIfEmpty(0).Max();

    public static IReadOnlyList<FunnelPerson> Persons(FunnelQuery query, params string[] persons) => Explore(query, persons).Persons();

    public static FunnelReport Report(FunnelQuery query, params string[] persons) => Explore(query, persons).Build();

    private static FunnelExploration Explore(FunnelQuery query, string[] persons)
    {
        var exploration = new FunnelExploration(query, Calendar.Utc, new TimeRange(Begin, Begin + (30L * 86_400_000)), keepPersons: true);
        for (var i = 0; i < persons.Length; i++) exploration.Add(Of(persons[i], $"p{i + 1}"));
        return exploration;
    }

    // name@seconds, then /key=text properties and #session.
    private static AnalyticsEvent Event(string text, long position)
    {
        var session = text.Split('#');
        var parts = session[0].Split('/');
        var (name, at) = (parts[0].Split('@')[0], decimal.Parse(parts[0].Split('@')[1], System.Globalization.CultureInfo.InvariantCulture));
        return new AnalyticsEvent
        {
            Name = name,
            Type = EventType.Track,
            OccurredAt = Begin + (long)(at * 1_000),
            ReceivedAt = 0,
            MessageId = text,
            Customer = CustomerId.User("p"),
            SessionId = session.Length > 1 ? session[1] : null,
            Properties = JsonObjectSlice.FromText("{" + string.Join(",", parts[1..].Select(part => $"\"{part.Split('=')[0]}\":\"{part.Split('=')[1]}\"")) + "}"),
            Position = position,
        };
    }
}
