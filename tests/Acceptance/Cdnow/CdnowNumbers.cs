using System.Text.Json.Nodes;
using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Cdnow;

/// <summary>The published numbers of the CDNOW orders, and what a system answers for them.</summary>
internal static class CdnowNumbers
{
    public const string File = "cdnow.ndjson.gz";
    public const string Project = "cdnow";

    private static readonly JsonNode Expected = RealData.IsThere ? RealData.Expected("cdnow_expected.json") : new JsonObject();

    private static readonly object AllDays = new { days = new { from = "1997-01-01", to = "1998-06-30" } };

    /// <summary>Compares everything: totals, months, cohorts, activity.</summary>
    public static async Task CheckAsync(AnalyticsSystem system)
    {
        await CheckTotalsAsync(system);
        await CheckMonthsAsync(system);
        await CheckCohortsAsync(system);
        await CheckActivityAsync(system);
    }

    /// <summary>Orders, gross and customers of the eighteen months.</summary>
    public static async Task CheckTotalsAsync(AnalyticsSystem system)
    {
        var (orders, gross, customers) = await TotalsAsync(system);
        var expected = Expected["totals"]!;
        Assert.Equal((expected["orders"].Whole(), expected["gross_minor"].Whole(), expected["customers"].Whole()), (orders, gross, customers));
    }

    /// <summary>Orders, gross in cents, and customers, as the system answers them.</summary>
    public static async Task<(long Orders, long GrossMinor, long Customers)> TotalsAsync(AnalyticsSystem system)
    {
        var data = await system.QueryAsync("""
            query($range: RangeInput!) { project(id: "cdnow") {
              revenue(range: $range, interval: MONTH) { duplicates unreadable currencies { currency orders gross { amountMinor } refunds { amountMinor } } }
              cohortRevenue(range: $range, period: MONTH, intervals: 18) { rows { customers } } } }
            """, new { range = AllDays });
        var revenue = data["project"]!["revenue"]!;
        Assert.Equal((0, 0), (revenue["duplicates"].Whole(), revenue["unreadable"].Whole()));
        var usd = Assert.Single(revenue["currencies"].Each());
        Assert.Equal(("USD", 0), (usd["currency"].Text(), usd["refunds"]!["amountMinor"].Whole()));
        return (usd["orders"].Whole(), usd["gross"]!["amountMinor"].Whole(), data["project"]!["cohortRevenue"]!["rows"].Each().Sum(row => row["customers"].Whole()));
    }

    /// <summary>Orders, gross, buyers and average order value of each month.</summary>
    public static async Task CheckMonthsAsync(AnalyticsSystem system)
    {
        var data = await system.QueryAsync("""
            query($range: RangeInput!) { project(id: "cdnow") { revenue(range: $range, interval: MONTH) { asOf { projection }
              currencies { periods { start orders buyers averageOrderValue gross { amountMinor } net { amountMinor } } } } } }
            """, new { range = AllDays });
        var revenue = data["project"]!["revenue"]!;
        Assert.Equal("revenue", revenue["asOf"]!["projection"].Text());
        Assert.Equal(
            Expected["monthly"].Each().Select(month => (
                month["month"].Text(), month["orders"].Whole(), month["gross_minor"].Whole(), month["gross_minor"].Whole(), month["buyers"].Whole(), month["averageOrderValue_minor"].Rounded())),
            revenue["currencies"]![0]!["periods"].Each().Select(month => (
                month["start"].Text()[..7], month["orders"].Whole(), month["gross"]!["amountMinor"].Whole(), month["net"]!["amountMinor"].Whole(), month["buyers"].Whole(),
                month["averageOrderValue"].Rounded())));
    }

    /// <summary>Buyers, gross and realised value per customer, by month of the first order and months since.</summary>
    public static async Task CheckCohortsAsync(AnalyticsSystem system)
    {
        var data = await system.QueryAsync("""
            query($range: RangeInput!) { project(id: "cdnow") { cohortRevenue(range: $range, period: MONTH, intervals: 18) { asOf { projection } currency
              rows { cohort customers values { buyers gross { amountMinor } cumulativePerCustomer } } } } }
            """, new { range = AllDays });
        var report = data["project"]!["cohortRevenue"]!;
        Assert.Equal(("revenue", "USD"), (report["asOf"]!["projection"].Text(), report["currency"].Text()));
        var rows = report["rows"].Each().Where(row => row["customers"].Whole() > 0).ToList();
        var expected = Expected["monthly_cohorts"].Each().ToList();
        Assert.Equal(expected.Count, rows.Count);
        foreach (var (want, got) in expected.Zip(rows))
        {
            Assert.Equal((want["cohort"].Text(), want["customers"].Whole()), (got["cohort"].Text()[..7], got["customers"].Whole()));
            Assert.Equal(want["active"].Each().Select(JsonNumbers.Whole), got["values"].Each().Select(cell => cell["buyers"].Whole()));
            Assert.Equal(want["gross_minor"].Each().Select(JsonNumbers.Whole), got["values"].Each().Select(cell => cell["gross"]!["amountMinor"].Whole()));
            Assert.Equal(want["cumulative_minor_per_customer"].Each().Select(JsonNumbers.Rounded), got["values"].Each().Select(cell => cell["cumulativePerCustomer"].Rounded()));
        }
    }

    /// <summary>Distinct persons of the day, of 7 and of 30 days, in March 1997.</summary>
    public static async Task CheckActivityAsync(AnalyticsSystem system)
    {
        var data = await system.QueryAsync("""
            { project(id: "cdnow") { activity(range: { days: { from: "1997-03-01", to: "1997-03-31" } }, interval: DAY) { asOf { projection } periods { start customers dau wau mau } } } }
            """);
        var activity = data["project"]!["activity"]!;
        Assert.Equal("activity", activity["asOf"]!["projection"].Text());
        Assert.Equal(
            Expected["activity_1997_03"].Each().Select(day => (day["day"].Text(), day["dau"].Whole(), day["dau"].Whole(), day["wau"].Whole(), day["mau"].Whole())),
            activity["periods"].Each().Select(day => (day["start"].Text()[..10], day["customers"].Whole(), day["dau"].Whole(), day["wau"].Whole(), day["mau"].Whole())));
    }
}
