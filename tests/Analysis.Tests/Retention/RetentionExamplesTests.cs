using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Retention;

/// <summary>Examples worked by hand, answered from stored cells and ad hoc.</summary>
public sealed class RetentionExamplesTests
{
    private long position;

    [Fact]
    public void Net_revenue_is_apart_by_currency_and_counts_an_order_once()
    {
        var persons = new[]
        {
            Person("ann", At(1, "signup"), At(1, "Order Completed", """{"order_id":"1","total":10.25,"currency":"EUR"}"""),
                At(2, "Order Completed", """{"order_id":"2","total":"3.10","currency":"EUR"}"""), At(2, "Order Completed", """{"order_id":"2","total":"3.10","currency":"EUR"}"""),
                At(3, "Order Refunded", """{"order_id":"1","total":10.25,"currency":"EUR"}"""), At(3, "Order Completed", """{"order_id":"3","total":500,"currency":"JPY"}""")),
            Person("bob", At(1, "signup"), At(2, "visit"), At(2, "Order Completed", """{"order_id":"4","total":1.005,"currency":"EUR"}""")),
        };
        var query = Query("signup", null) with { Value = RetentionValue.Revenue };
        foreach (var report in Answers(query, persons))
        {
            Assert.Equal(["EUR", "JPY"], report.Totals.Select(matrix => matrix.Currency).Order());
            var eur = report.Totals.Single(matrix => matrix.Currency == "EUR");
            Assert.Equal([1025, 310, -1025, 0], eur.Rows[0].Cells.Select(cell => (long)cell.Amount));
            Assert.Equal([0, 0, 500, 0], report.Totals.Single(matrix => matrix.Currency == "JPY").Rows[0].Cells.Select(cell => (long)cell.Amount));
            Assert.Equal(2, eur.Rows[0].Size);
            Assert.Equal(310.0 / 1025, eur.Rows[0].Cells[1].OfFirst!.Value, 9);
            Assert.Equal(512.5, eur.Mean[0]);
        }
    }

    [Fact]
    public void Averages_are_of_the_return_events_that_carry_the_number()
    {
        var persons = new[] { Person("ann", At(1, "signup"), At(2, "play", """{"score":1.5}"""), At(2, "play", """{"score":"9"}"""), At(2, "play", """{"score":2}"""), At(3, "play")) };
        var query = Query("signup", "play") with { Value = RetentionValue.Average, Property = "properties.score" };
        foreach (var report in Answers(query, persons))
        {
            var cells = report.Totals[0].Rows[0].Cells;
            Assert.Equal([null, 1.75, null, null], cells.Select(cell => cell.Value));
            Assert.Equal(2, cells[1].Count);
            Assert.Equal(1.75, report.Totals[0].Mean[1]);
        }
    }

    [Fact]
    public void What_a_member_did_in_the_cohorts_period_before_it_started_belongs_to_interval_0()
    {
        var persons = new[] { Person("ann", At(1, "visit"), At(1, "visit"), At(1, "signup"), At(1, "visit"), At(2, "visit")) };
        foreach (var report in Answers(Query("signup", "visit") with { Value = RetentionValue.Events }, persons))
            Assert.Equal([3, 1, 0, 0], report.Totals[0].Rows[0].Cells.Select(cell => (long)cell.Amount));
    }

    [Fact]
    public void First_ever_asks_the_very_first_event_of_the_name_to_match()
    {
        var start = new EventSeries { Events = [new EventPattern { Name = "order", Filters = [Plan("pro")] }] };
        var persons = new[]
        {
            Person("first is pro", At(1, "order", """{"plan":"pro"}"""), At(2, "order", """{"plan":"free"}""")),
            Person("first is free", At(1, "order", """{"plan":"free"}"""), At(2, "order", """{"plan":"pro"}""")),
        };
        foreach (var report in Answers(Query(null, null) with { Start = start, Mode = RetentionMode.FirstEver }, persons))
            Assert.Equal([1, 0, 0, 0], report.Totals[0].Rows.Select(row => row.Size));
        foreach (var report in Answers(Query(null, null) with { Start = start, Mode = RetentionMode.FirstTime }, persons))
            Assert.Equal([1, 1, 0, 0], report.Totals[0].Rows.Select(row => row.Size));
    }

    [Fact]
    public void In_first_time_retention_a_member_keeps_the_value_of_its_first_start_event()
    {
        var persons = new[] { Person("ann", At(1, "signup", """{"plan":"a"}"""), At(2, "visit", """{"plan":"b"}"""), At(3, "visit")) };
        var query = Query("signup", "visit") with { Mode = RetentionMode.FirstTime, Breakdown = new Breakdown { By = ["properties.plan"] } };
        foreach (var report in Answers(query, persons))
        {
            var matrix = Assert.Single(report.Breakdowns);
            Assert.Equal(["a"], matrix.Value);
            Assert.Equal([1, 1, 1, 0], matrix.Rows[0].Cells.Select(cell => (long)cell.Amount));
        }
    }

    [Fact]
    public void History_before_the_range_decides_what_is_first()
    {
        var persons = new[] { Person("old", At(-40, "signup"), At(1, "signup")), Person("new", At(1, "signup")) };
        foreach (var report in Answers(Query("signup", "signup") with { Mode = RetentionMode.FirstTime }, persons))
            Assert.Equal(1, report.Totals[0].Rows[0].Size);
    }

    [Theory]
    [InlineData("""{"intervals":61}""", "1 to 60 intervals")]
    [InlineData("""{"intervals":0}""", "1 to 60 intervals")]
    [InlineData("""{"period":"MINUTE"}""", "not by minute")]
    [InlineData("""{"minimumOccurrences":0}""", "minimumOccurrences")]
    [InlineData("""{"value":"SUM"}""", "needs 'property'")]
    [InlineData("""{"property":"properties.x"}""", "SUM and AVERAGE only")]
    [InlineData("""{"value":"AVERAGE","property":"x"}""", "no property path")]
    [InlineData("""{"value":"EVENTS","onOrAfter":true}""", "customers only")]
    [InlineData("""{"value":"EVENTS","minimumOccurrences":2}""", "customers only")]
    [InlineData("""{"breakdown":{"by":[]}}""", "1 to 3 properties")]
    [InlineData("""{"breakdown":{"by":["plan"]}}""", "no property path")]
    [InlineData("""{"filters":[{"path":"properties.a"}]}""", "'path' and 'op'")]
    [InlineData("""{"start":{"events":[{"filters":[{"path":"properties.a","op":"regex","value":"("}]}]}}""", "invalid regular expression")]
    [InlineData("""{"range":{"from":"2024-01-02","to":"2024-01-01"}}""", "ends before it begins")]
    public void What_makes_no_sense_is_refused_with_a_reason(string json, string reason)
    {
        var query = System.Text.Json.JsonSerializer.Deserialize<RetentionQuery>(json, AnalysisJson.Options)!;
        Assert.Contains(query.Validate(), message => message.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_definition_has_a_key_and_no_range()
    {
        var query = Query("signup", null);
        Assert.Equal(2, new RetentionDefinition("", "Name", query).Validate().Count);
        Assert.Empty(new RetentionDefinition("key", "Name", query with { Range = null }).Validate());
    }

    private static IEnumerable<RetentionReport> Answers(RetentionQuery query, PersonHistory[] persons)
    {
        Assert.Empty(query.Validate());
        var exploration = new RetentionExploration(query, Calendar.Utc);
        foreach (var person in persons) exploration.Add(person);
        yield return exploration.Build();
        var fold = new RetentionFold(1, new RetentionDefinition("k", "n", query with { Range = null }), Calendar.Utc);
        yield return RetentionReport.Build(query, Calendar.Utc, StoredRun.Fold(fold, RetentionFold.Tables, persons), 1);
    }

    private static RetentionQuery Query(string? start, string? returning) => new()
    {
        Start = start is null ? new EventSeries() : EventSeries.Named(start),
        Return = returning is null ? new EventSeries() : EventSeries.Named(returning),
        Range = new TimeRange(DayAt(1), DayAt(5) - 1),
    };

    private static Filter Plan(string plan) => new() { Path = "properties.plan", Op = FilterOperator.Eq, Value = System.Text.Json.JsonSerializer.SerializeToElement(plan) };

    private static long DayAt(int day) => Instant.Parse("2023-12-31T00:00:00Z") + (day * 86_400_000L);

    private AnalyticsEvent At(int day, string name, string properties = "{}") => new()
    {
        Name = name,
        Type = EventType.Track,
        OccurredAt = DayAt(day) + 1_000 + position,
        ReceivedAt = 0,
        MessageId = $"{position}",
        Customer = CustomerId.User("x"),
        Properties = JsonObjectSlice.FromText(properties),
        Position = position++,
    };

    // The second of two equal order ids is the repeated one.
    private static PersonHistory Person(string id, params AnalyticsEvent[] events)
    {
        var claims = new OrderClaims(new OrderEvents(RevenueSettings.Default), events);
        return PersonHistory.From(id, [.. events], claims.IsRepeated);
    }
}
