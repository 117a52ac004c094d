using System.IO.Compression;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>Published figures of real order streams, ad hoc and stored.</summary>
public class RealDataTests
{
    private const string Cdnow = "data/cdnow.ndjson.gz", CdnowExpected = "data/cdnow_expected.json";
    private const string Snowplow = "data/snowplow_ecommerce.ndjson.gz", SnowplowExpected = "data/snowplow_ecommerce_expected.json";

    [SharedFact]
    public void Cdnow_months_match_the_published_figures()
    {
        var (persons, expect) = (Load(Cdnow), Expected(CdnowExpected));
        var query = new OrdersQuery { Interval = Period.Month, Range = Calendar.Utc.Days(new(1997, 1, 1), new(1998, 6, 30)) };
        foreach (var report in new[] { RevenueAnswers.AdHoc(persons, Calendar.Utc, query), RevenueAnswers.Stored(persons, Calendar.Utc, query) })
        {
            var months = report.Currencies.Single().Periods;
            Assert.Equal((long)expect["totals"]!["orders"]!, months.Sum(m => m.Orders));
            Assert.Equal((long)expect["totals"]!["gross_minor"]!, (long)months.Aggregate((Int128)0, (sum, m) => sum + m.Gross));
            Assert.Equal((long)expect["totals"]!["customers"]!, persons.Count);
            Assert.Equal((0, 0), (report.Duplicates, report.Unreadable));
            var rows = expect["monthly"]!.AsArray();
            Assert.Equal(rows.Count, months.Count);
            foreach (var (row, month) in rows.Zip(months))
            {
                Assert.Equal((string)row!["month"]! + "-01T00:00:00.000Z", Instant.ToText(month.Start));
                Assert.Equal(((long)row["orders"]!, (long)row["gross_minor"]!, (long)row["buyers"]!), (month.Orders, (long)month.Gross, month.Buyers));
                Assert.Equal((double)row["averageOrderValue_minor"]!, month.AverageOrderValue!.Value, 1e-6);
            }
        }
    }

    [SharedFact]
    public void Cdnow_cohort_triangles_match_the_published_figures()
    {
        var (persons, expect) = (Load(Cdnow), Expected(CdnowExpected));
        var query = new CohortRevenueQuery { Period = Period.Month, Intervals = 18, Range = Calendar.Utc.Days(new(1997, 1, 1), new(1998, 6, 30)) };
        foreach (var report in new[] { RevenueAnswers.AdHoc(persons, Calendar.Utc, query), RevenueAnswers.Stored(persons, Calendar.Utc, query) })
        {
            var cohorts = expect["monthly_cohorts"]!.AsArray();
            Assert.True(cohorts.Count >= 3);
            foreach (var (cohort, row) in cohorts.Zip(report.Rows))
            {
                Assert.Equal((string)cohort!["cohort"]! + "-01T00:00:00.000Z", Instant.ToText(row.Start));
                Assert.Equal((long)cohort["customers"]!, row.Customers);
                Assert.Equal(cohort["active"]!.AsArray().Select(n => (long)n!), row.Cells.Select(cell => cell.Buyers));
                Assert.Equal(cohort["gross_minor"]!.AsArray().Select(n => (long)n!), row.Cells.Select(cell => (long)cell.Gross));
                foreach (var (expected, cell) in cohort["cumulative_minor_per_customer"]!.AsArray().Zip(row.Cells)) Assert.Equal((double)expected!, cell.CumulativePerCustomer!.Value, 1e-6);
            }
            Assert.All(report.Rows.Skip(cohorts.Count), row => Assert.Equal(0, row.Customers));
        }
    }

    [SharedFact]
    public void Cdnow_repeat_orders_match_the_published_distribution()
    {
        var (persons, expect) = (Load(Cdnow), Expected(CdnowExpected));
        var expected = expect["repeat_orders_distribution"]!.AsObject().Select(pair => (int.Parse(pair.Key, null) + 1, (long)pair.Value!)).Order();
        var exploration = new OrderCountsExploration(RevenueSettings.Default);
        foreach (var person in persons) exploration.Add(person);
        var cells = RevenueAnswers.Cells(new RevenueFold(7, RevenueSettings.Default, Calendar.Utc), RevenueFold.Tables, persons, 1);
        foreach (var report in new[] { exploration.Build(), RevenueFold.BuildOrderCounts(cells.Rows) })
            Assert.Equal(expected, report.Persons.Select(count => (count.Orders, count.Persons)));
    }

    [SharedFact]
    public void Snowplow_months_match_in_each_currency()
    {
        var (persons, expect) = (Load(Snowplow), Expected(SnowplowExpected));
        var query = new OrdersQuery { Interval = Period.Month, Range = Calendar.Utc.Days(new(2022, 10, 1), new(2022, 12, 31)) };
        foreach (var report in new[] { RevenueAnswers.AdHoc(persons, Calendar.Utc, query), RevenueAnswers.Stored(persons, Calendar.Utc, query) })
        {
            foreach (var (code, rows) in expect["monthly"]!.AsObject())
            {
                var months = report.Currencies.Single(c => c.Currency == code).Periods;
                Assert.Equal((long)expect["orders"]![code]!["orders"]!, months.Sum(m => m.Orders));
                Assert.Equal((long)expect["orders"]![code]!["gross_minor"]!, (long)months.Aggregate((Int128)0, (sum, m) => sum + m.Gross));
                foreach (var (row, month) in rows!.AsArray().Zip(months))
                {
                    Assert.Equal((string)row!["period"]!, Instant.ToText(month.Start));
                    Assert.Equal(((long)row["gross"]!, (long)row["refunds"]!, (long)row["net"]!), ((long)month.Gross, (long)month.Refunds, (long)month.Net));
                    Assert.Equal(((long)row["orders"]!, (long)row["buyers"]!, (double?)row["averageOrderValue"]), (month.Orders, month.Buyers, month.AverageOrderValue));
                }
            }
            Assert.Equal(2, report.Currencies.Count);
        }
    }

    private static JsonNode Expected(string file) => JsonNode.Parse(File.ReadAllText(SharedDirectory.File(file)))!;

    private static IReadOnlyList<PersonHistory> Load(string file)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(SharedDirectory.File(file)), CompressionMode.Decompress));
        var events = new List<AnalyticsEvent>();
        while (lines.ReadLine() is { } line) if (line.Length > 0) events.Add(EventOf(JsonNode.Parse(line)!, events.Count + 1));
        var claims = new OrderClaims(new OrderEvents(RevenueSettings.Default), events);
        return [.. events.GroupBy(e => e.Customer).Select(group => PersonHistory.From(group.Key.ToString(), [.. group], claims.IsRepeated))];
    }

    private static AnalyticsEvent EventOf(JsonNode message, int position)
    {
        var at = Instant.Parse((string)message["timestamp"]!);
        return new AnalyticsEvent
        {
            Name = (string?)message["event"] ?? (string)message["name"]!,
            Type = EventType.Track,
            OccurredAt = at,
            ReceivedAt = at,
            MessageId = (string)message["messageId"]!,
            Customer = message["userId"] is { } user ? CustomerId.User((string)user!) : CustomerId.Anonymous((string)message["anonymousId"]!),
            Properties = JsonObjectSlice.FromText(message["properties"]?.ToJsonString() ?? "{}"),
            Position = position,
        };
    }
}
