using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Specs;

/// <summary>Ann takes both steps in 5 s, before and after she is known; Bob takes one; Carl is too late.</summary>
public sealed class FunnelsSpec : ProjectionSpec
{
    protected override string Projection => "funnels";

    private protected override string Key => "two";

    private protected override IEnumerable<(DefinitionKind Kind, string Key, object Definition)> Definitions() =>
        [(DefinitionKind.Funnel, "two", new FunnelQuery { Steps = [FunnelStep.Named("a"), FunnelStep.Named("b")], Window = new FunnelWindow(1, WindowUnit.Hour) })];

    private protected override IEnumerable<AnalyticsEvent> Given() =>
    [
        Shop.Track(CustomerId.Anonymous("phone"), "a", 0, message: "1"),
        Shop.Track(CustomerId.User("bob"), "a", 1_000, message: "2"),
        Shop.Track(CustomerId.User("carl"), "a", 0, message: "3"),
        Shop.Track(CustomerId.User("carl"), "b", 3_600_001, message: "4"),
        Shop.Track(CustomerId.User("ann"), "b", 5_000, message: "5"),
        Shop.Identify("ann", "phone", 2_000, message: "6"),
    ];

    // Scope 0 is all time; 2, 3 and 4 are the day, week and month of entry (Monday the 1st of January 2024, in a week from Sunday the 31st).
    private protected override IEnumerable<(string Table, string Row)> Then()
    {
        yield return ("funnel_counts", "0 0 1 '' | 3");
        yield return ("funnel_counts", "0 0 2 '' | 1");
        yield return ("funnel_times", "102 0 5000 '' | 1");
        foreach (var (scope, start) in new[] { (3, 1_704_067_200_000), (4, 1_703_980_800_000), (5, 1_704_067_200_000) })
        {
            yield return ("funnel_counts", $"{scope} {start} 1 '' | 3");
            yield return ("funnel_counts", $"{scope} {start} 2 '' | 1");
        }
    }
}

/// <summary>Two persons start on the 1st; one returns on the 2nd and 3rd, the other on the 3rd only, under two ids. Return events are not counted, because nobody asked for them.</summary>
public sealed class CohortsSpec : ProjectionSpec
{
    private const long Day = 86_400_000;

    protected override string Projection => "cohorts";

    private protected override string Key => "daily";

    private protected override IEnumerable<(DefinitionKind Kind, string Key, object Definition)> Definitions() =>
        [(DefinitionKind.Retention, "daily", new RetentionQuery { Start = EventSeries.Named("start"), Return = EventSeries.Named("back"), Period = Period.Day, Mode = RetentionMode.FirstTime, Intervals = 3 })];

    private protected override IEnumerable<AnalyticsEvent> Given() =>
    [
        Shop.Track(CustomerId.User("ann"), "start", 0, message: "1"),
        Shop.Track(CustomerId.Anonymous("tablet"), "back", 2 * Day, message: "2"),
        Shop.Track(CustomerId.User("bob"), "start", 10, message: "3"),
        Shop.Track(CustomerId.User("bob"), "start", Day, message: "4"),
        Shop.Track(CustomerId.User("bob"), "back", Day, message: "5"),
        Shop.Track(CustomerId.User("bob"), "back", 2 * Day, message: "6"),
        Shop.Track(CustomerId.User("bob"), "back", (2 * Day) + 1, message: "7"),
        Shop.Track(CustomerId.User("bob"), "back", 5 * Day, message: "8"),
        Shop.Identify("ann", "tablet", Day, message: "9"),
    ];

    private protected override IEnumerable<(string Table, string Row)> Then() =>
    [
        ("retention", "2024-01-01T00:00 0 0 | 2 0"),
        ("retention", "2024-01-01T00:00 1 0 | 1 0"),
        ("retention", "2024-01-01T00:00 2 0 | 2 0"),
    ];
}

/// <summary>An order sent twice under one id counts once; a refund has a day of its own. Cohorts are not kept by the hour.</summary>
public sealed class RevenueSpec : ProjectionSpec
{
    private const long Day = 86_400_000;

    protected override string Projection => "revenue";

    private protected override string Key => "revenue";

    private protected override IEnumerable<AnalyticsEvent> Given() =>
    [
        Shop.Track(CustomerId.User("ann"), "purchase_completed", 0, """{"order_id":"1","total":19.99,"currency":"EUR"}""", "1"),
        Shop.Track(CustomerId.Anonymous("phone"), "purchase_completed", -Day, """{"order_id":"1","total":19.99,"currency":"EUR"}""", "2"),
        Shop.Track(CustomerId.User("ann"), "purchase_completed", Day, """{"order_id":"2","total":5,"currency":"EUR"}""", "3"),
        Shop.Track(CustomerId.User("bob"), "purchase_completed", 1, """{"order_id":"3","total":7,"currency":"USD"}""", "4"),
        Shop.Track(CustomerId.User("ann"), "refund_issued", Day, """{"order_id":"1","total":4.99,"currency":"EUR"}""", "5"),
    ];

    private protected override IEnumerable<(string Table, string Row)> Then() => [("order_counts", "1 | 1"), ("order_counts", "2 | 1"), .. Cohorts()];

    private static IEnumerable<(string Table, string Row)> Cohorts()
    {
        yield return ("cohort_sizes", "2 2024-01-01T00:00 | 2");
        yield return ("cohort_sizes", "3 2023-12-31T00:00 | 2");
        yield return ("cohort_sizes", "4 2024-01-01T00:00 | 2");
        yield return ("cohort_sizes", "5 2024-01-01T00:00 | 2");
        yield return ("order_totals", "1 2023-12-31T12:00 | 1 0 0");
        yield return ("order_totals", "1 2024-01-01T12:00 | 0 0 2");
        yield return ("order_totals", "1 2024-01-02T12:00 | 0 0 1");
        yield return ("order_totals", "2 2023-12-31T00:00 | 1 0 0");
        yield return ("order_totals", "2 2024-01-01T00:00 | 0 0 2");
        yield return ("order_totals", "2 2024-01-02T00:00 | 0 0 1");
        yield return ("order_totals", "3 2023-12-31T00:00 | 1 0 2");
        yield return ("order_totals", "4 2023-12-01T00:00 | 1 0 0");
        yield return ("order_totals", "4 2024-01-01T00:00 | 0 0 2");
        yield return ("order_totals", "5 2023-10-01T00:00 | 1 0 0");
        yield return ("order_totals", "5 2024-01-01T00:00 | 0 0 2");
        foreach (var (kind, first, second) in new[] { (1, "2024-01-01T12:00", "2024-01-02T12:00"), (2, "2024-01-01T00:00", "2024-01-02T00:00") })
        {
            yield return ("orders", $"{kind} {first} 'EUR' | 1999 0 1 0 1");
            yield return ("orders", $"{kind} {first} 'USD' | 700 0 1 0 1");
            yield return ("orders", $"{kind} {second} 'EUR' | 500 499 1 1 1");
        }
        foreach (var (kind, start) in new[] { (3, "2023-12-31T00:00"), (4, "2024-01-01T00:00"), (5, "2024-01-01T00:00") })
        {
            yield return ("orders", $"{kind} {start} 'EUR' | 2499 499 2 1 1");
            yield return ("orders", $"{kind} {start} 'USD' | 700 0 1 0 1");
        }
    }
}

/// <summary>Ann is active on two days in New York, one of them only in the night after midnight UTC; Bob on one.</summary>
public sealed class ActivitySpec : ProjectionSpec
{
    private const long Hour = 3_600_000;

    protected override string Projection => "activity";

    private protected override string Key => "activity";

    private protected override string? TimeZone => "America/New_York";

    private protected override IEnumerable<AnalyticsEvent> Given() =>
    [
        Shop.Track(CustomerId.User("ann"), "a", 0, message: "1"),
        Shop.Track(CustomerId.User("ann"), "b", 16 * Hour, message: "2"),
        Shop.Track(CustomerId.User("bob"), "a", (16 * Hour) + 1, message: "3"),
        Shop.Track(CustomerId.User("ann"), "a", 17 * Hour, message: "4"),
        Shop.Identify("ann", null, 40 * Hour, message: "5"),
    ];

    // Noon UTC is 7 in the morning of the 1st; 16 hours on it is 23 o'clock; 17 hours on it is midnight, the 2nd.
    private protected override IEnumerable<(string Table, string Row)> Then() =>
    [
        ("activity_events", "2024-01-01T12:00 1 | 1 1"),
        ("activity_events", "2024-01-02T04:00 1 | 2 2"),
        ("activity_events", "2024-01-02T05:00 1 | 1 1"),
        ("activity_events", "2024-01-01T05:00 2 | 3 2"),
        ("activity_events", "2024-01-02T05:00 2 | 1 1"),
        ("activity_days", "2023-12-31T05:00 3 1 | 1"),
        ("activity_days", "2023-12-31T05:00 3 2 | 1"),
        ("activity_days", "2024-01-01T05:00 4 1 | 1"),
        ("activity_days", "2024-01-01T05:00 4 2 | 1"),
        ("activity_days", "2024-01-01T05:00 5 1 | 1"),
        ("activity_days", "2024-01-01T05:00 5 2 | 1"),
        ("activity", "2024-01-01T05:00 2 0 | 2"),
        ("activity", "2024-01-02T05:00 2 1 | 1"),
        ("activity", "2023-12-31T05:00 3 0 | 2"),
        ("activity", "2024-01-01T05:00 4 0 | 2"),
        ("activity", "2024-01-01T05:00 5 0 | 2"),
    ];
}

/// <summary>Ann comes twice within the hour, with a pause of 40 minutes between; Bob comes once, known by his device first. Nobody views a page, so nobody bounces.</summary>
public sealed class SessionsSpec : ProjectionSpec
{
    private const long Minute = 60_000;

    protected override string Projection => "sessions";

    private protected override string Key => "activity";

    private protected override IEnumerable<AnalyticsEvent> Given() =>
    [
        Shop.Track(CustomerId.User("ann"), "a", 0, message: "1"),
        Shop.Track(CustomerId.User("ann"), "b", 10 * Minute, message: "2"),
        Shop.Track(CustomerId.User("ann"), "a", 50 * Minute, message: "3"),
        Shop.Track(CustomerId.Anonymous("phone"), "a", 60 * Minute, message: "4"),
        Shop.Track(CustomerId.User("bob"), "b", 90 * Minute, message: "5"),
        Shop.Identify("bob", "phone", 80 * Minute, message: "6"),
    ];

    private protected override IEnumerable<(string Table, string Row)> Then() =>
    [
        ("sessions", "2024-01-01T12:00 1 | 2 0 3 600000"),
        ("sessions", "2024-01-01T13:00 1 | 1 0 2 1800000"),
        ("sessions", "2024-01-01T00:00 2 | 3 0 5 2400000"),
    ];
}
