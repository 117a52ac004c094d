using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

public class OrdersCaseTests
{
    [SharedFact]
    public void Orders_of_every_case_match_ad_hoc_and_stored()
    {
        var seen = 0;
        foreach (var one in RevenueCase.Load(SharedDirectory.File("cases/revenue.json")))
        {
            foreach (var (question, expect) in one.Checks)
            {
                if (question is not OrdersQuery query) continue;
                var calendar = Calendar.For(one.Zone, query.WeekStart ?? DayOfWeek.Sunday);
                Check(one.Id, RevenueAnswers.AdHoc(one.Persons, calendar, query), expect);
                Check(one.Id, RevenueAnswers.Stored(one.Persons, calendar, query), expect);
                seen++;
            }
        }
        Assert.True(seen >= 11, $"only {seen} checks");
    }

    [SharedFact]
    public void Cohort_revenue_of_every_case_matches_ad_hoc_and_stored()
    {
        var seen = 0;
        foreach (var one in RevenueCase.Load(SharedDirectory.File("cases/revenue.json")))
        {
            foreach (var (question, expect) in one.Checks)
            {
                if (question is not CohortRevenueQuery query) continue;
                var calendar = Calendar.For(one.Zone, query.WeekStart ?? DayOfWeek.Sunday);
                Check(one.Id, RevenueAnswers.AdHoc(one.Persons, calendar, query), expect);
                Check(one.Id, RevenueAnswers.Stored(one.Persons, calendar, query), expect);
                seen++;
            }
        }
        Assert.True(seen >= 7, $"only {seen} checks");
    }

    private static void Check(string id, RevenueReport report, JsonNode expect)
    {
        if (expect["duplicates"] is { } duplicates) Assert.Equal((long)duplicates, report.Duplicates);
        var currencies = expect["currencies"]!.AsObject();
        if ((bool?)expect["allCurrencies"] == true) Assert.Equal(currencies.Select(pair => pair.Key).Order(StringComparer.Ordinal), report.Currencies.Select(c => c.Currency));
        foreach (var (code, rows) in currencies)
        {
            var actual = report.Currencies.Single(c => c.Currency == code);
            Assert.Equal(rows!.AsArray().Count, actual.Periods.Count);
            foreach (var (row, period) in rows.AsArray().Zip(actual.Periods))
            {
                var at = $"{id} {code} {Instant.ToText(period.Start)}";
                Assert.Equal((string)row!["period"]!, Instant.ToText(period.Start));
                Assert.Equal((at, (Int128)(long)row["gross"]!, (Int128)(long)row["refunds"]!, (Int128)(long)row["net"]!), (at, period.Gross, period.Refunds, period.Net));
                Assert.Equal((at, (long)row["orders"]!, (long)row["buyers"]!), (at, period.Orders, period.Buyers));
                Assert.Equal((double?)row["averageOrderValue"], period.AverageOrderValue);
            }
        }
    }

    private static void Check(string id, CohortRevenueReport report, JsonNode expect)
    {
        Assert.Equal(expect["periods"]!.AsArray().Select(p => (string)p!), report.Periods.Select(Instant.ToText));
        Assert.Equal(expect["customers"]!.AsArray().Select(p => (long)p!), report.Rows.Select(row => row.Customers));
        foreach (var (net, row) in expect["net"]!.AsArray().Zip(report.Rows))
            Assert.Equal((id, string.Join(",", net!.AsArray().Select(n => (long)n!))), (id, string.Join(",", row.Cells.Select(cell => cell.Net))));
        foreach (var (cumulative, row) in expect["cumulativePerCustomer"]!.AsArray().Zip(report.Rows))
        {
            Assert.Equal(cumulative!.AsArray().Count, row.Cells.Count);
            foreach (var (expected, cell) in cumulative.AsArray().Zip(row.Cells))
            {
                Assert.Equal(expected is null, cell.CumulativePerCustomer is null);
                if (expected is not null) Assert.Equal((double)expected, cell.CumulativePerCustomer!.Value, 0.001);
            }
        }
    }
}
