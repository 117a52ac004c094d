using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;
using System.Text.Json;

namespace EventSourcedAnalytics.Analysis.Tests.Funnels;

/// <summary>Small random funnels and histories in which everything that matters happens often: ties, windows just met, repeated steps, missing values.</summary>
internal sealed class FunnelWorld
{
    private static readonly (long Scale, WindowUnit Unit)[] Scales = [(1_000, WindowUnit.Second), (3_600_000, WindowUnit.Hour), (86_400_000, WindowUnit.Day)];

    private readonly long scale;
    private readonly WindowUnit unit;
    private readonly long begin;

    public FunnelWorld(int seed)
    {
        Random = new Random(seed);
        (scale, unit) = Scales[Random.Next(Scales.Length)];
        begin = Instant.Parse(OneOf("2024-02-27T22:00:00Z", "2024-03-09T05:00:00Z"));
        Calendar = Calendar.For(OneOf("UTC", "America/New_York"), OneOf(DayOfWeek.Sunday, DayOfWeek.Monday));
    }

    public Random Random { get; }

    public Calendar Calendar { get; }

    /// <summary>All events lie well inside.</summary>
    public TimeRange Everything => new(begin - (40 * scale), begin + (40 * scale));

    /// <summary>Cuts off some events at both ends.</summary>
    public TimeRange SomeRange() => new(begin + (Random.Next(0, 4) * scale), begin + (Random.Next(4, 16) * scale) - OneOf(0, 1));

    public T OneOf<T>(params T[] values) => values[Random.Next(values.Length)];

    public bool Rarely(int oneIn) => Random.Next(oneIn) == 0;

    public List<PersonHistory> Persons(int maxPersons = 4, int maxEvents = 12)
    {
        long position = 0;
        return [.. Enumerable.Range(1, Random.Next(1, maxPersons + 1)).Select(person =>
            PersonHistory.From($"p{person}", [.. Enumerable.Range(0, Random.Next(0, maxEvents + 1)).Select(_ => Event($"p{person}", position++))]))];
    }

    /// <summary>A valid query with any options that go together.</summary>
    public FunnelQuery AnyQuery()
    {
        while (true)
        {
            var query = Candidate();
            if (query.Validate().Count == 0) return query;
        }
    }

    private FunnelQuery Candidate()
    {
        var steps = Enumerable.Range(0, Random.Next(1, 5)).Select(_ => new FunnelStep { Events = Patterns(), Optional = Rarely(8) }).ToList();
        return new FunnelQuery
        {
            Steps = steps,
            Order = OneOf(FunnelOrder.Ordered, FunnelOrder.Ordered, FunnelOrder.Strict, FunnelOrder.Unordered),
            Window = new FunnelWindow(Random.Next(1, 12), unit),
            Entry = OneOf(FunnelEntry.Latest, FunnelEntry.Latest, FunnelEntry.First),
            Ties = OneOf(FunnelTies.Any, FunnelTies.Any, FunnelTies.Strict),
            Counting = OneOf(FunnelCounting.Customers, FunnelCounting.Customers, FunnelCounting.Sessions, FunnelCounting.Totals),
            Filters = Rarely(6) ? [Filter(FilterOperator.Neq, "web")] : null,
            HoldConstant = Rarely(4) ? "properties.v" : null,
            Exclusions = Rarely(3) && steps.Count > 1 ? Exclusions(steps.Count) : null,
            Breakdown = Rarely(2) ? Breakdown(steps.Count) : null,
            Trend = Rarely(2) && steps.Count > 1 ? new FunnelTrend { Interval = OneOf(Period.Day, Period.Week, Period.Month, Period.Hour), FromStep = 1, ToStep = steps.Count } : null,
        };
    }

    private List<EventPattern> Patterns() => Random.Next(12) switch
    {
        0 => [],
        1 => [new EventPattern { Name = "a" }, new EventPattern { Name = "b" }],
        2 => [new EventPattern { Name = "a", Filters = [Filter(FilterOperator.Eq, "ios")] }],
        _ => [new EventPattern { Name = OneOf("a", "b", "c") }],
    };

    private List<FunnelExclusion> Exclusions(int steps) => [.. Enumerable.Range(0, Random.Next(1, 3)).Select(_ =>
    {
        var from = Random.Next(1, steps);
        return new FunnelExclusion { Events = [new EventPattern { Name = OneOf("x", "y") }], FromStep = from, ToStep = Random.Next(from + 1, steps + 1) };
    })];

    private FunnelBreakdown Breakdown(int steps)
    {
        var attribution = OneOf(Enum.GetValues<FunnelAttribution>());
        return new FunnelBreakdown
        {
            By = OneOf<string[]>(["properties.os"], ["properties.os", "properties.v"], ["customer.tier"]),
            Limit = OneOf(1, 2, 25),
            Attribution = attribution,
            Step = attribution == FunnelAttribution.Step ? Random.Next(1, steps + 1) : null,
        };
    }

    private static Filter Filter(FilterOperator op, string value) => new() { Path = "properties.os", Op = op, Value = JsonSerializer.SerializeToElement(value) };

    private AnalyticsEvent Event(string person, long position)
    {
        var isIdentify = Rarely(15);
        return new AnalyticsEvent
        {
            Name = isIdentify ? "identify" : OneOf("a", "a", "a", "b", "b", "c", "c", "x", "y"),
            Type = isIdentify ? EventType.Identify : EventType.Track,
            OccurredAt = begin + (Random.Next(0, 15) * scale) + (Rarely(5) ? Random.Next(-1, 2) : 0),
            ReceivedAt = 0,
            MessageId = $"m{position}",
            Customer = CustomerId.User(person),
            SessionId = Rarely(4) ? OneOf("s1", "s2") : null,
            Properties = isIdentify ? default : JsonObjectSlice.FromText(Properties()),
            Traits = isIdentify ? JsonObjectSlice.FromText(OneOf("""{"tier":"gold"}""", """{"tier":"free"}""")) : default,
            Position = position,
        };
    }

    private string Properties() => "{" + string.Join(",", new[]
    {
        OneOf("", "\"os\":\"web\"", "\"os\":\"ios\"", "\"os\":null"),
        OneOf("", "\"v\":1", "\"v\":\"1\"", "\"v\":2.50"),
    }.Where(part => part.Length > 0)) + "}";
}
