using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Snowplow;

/// <summary>A system that has imported 422 events of a real tracker, not in time order, with orders in two currencies.</summary>
public sealed class SnowplowFixture : IAsyncLifetime
{
    internal AnalyticsSystem System { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!RealData.IsThere) return;
        System = await AnalyticsSystem.StartAsync();
        (await System.RunAsync("import", RealData.PathOf("snowplow_ecommerce.ndjson.gz"), "--project", "shop")).MustSucceed();
    }

    public async Task DisposeAsync()
    {
        if (System is not null) await System.DisposeAsync();
    }
}

/// <summary>Real tracker events of a web shop.</summary>
public class SnowplowTests(SnowplowFixture shop) : IClassFixture<SnowplowFixture>
{
    private static readonly object Quarter = new { days = new { from = "2022-10-01", to = "2022-12-31" } };

    [SharedFact("data")]
    public async Task Events_and_persons_are_the_known_ones()
    {
        var expected = RealData.Expected("snowplow_ecommerce_expected.json");
        var data = await shop.System.QueryAsync("""
            query($range: RangeInput!) { project(id: "shop") { activity(range: $range, interval: QUARTER) { events byName { name count } periods { customers } } } }
            """, new { range = Quarter });
        var activity = data["project"]!["activity"]!;
        Assert.Equal(expected["totals"]!["messages"].Whole(), activity["events"].Whole());
        Assert.Equal(expected["totals"]!["anonymous_ids"].Whole(), activity["periods"]![0]!["customers"].Whole());
        Assert.Equal(
            expected["by_name"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value.Whole()),
            activity["byName"].Each().ToDictionary(row => row["name"].Text(), row => row["count"].Whole()));
    }

    [SharedFact("data")]
    public async Task Currencies_are_kept_apart_in_every_month()
    {
        var expected = RealData.Expected("snowplow_ecommerce_expected.json");
        var data = await shop.System.QueryAsync("""
            query($range: RangeInput!) { project(id: "shop") { revenue(range: $range, interval: MONTH) { unreadable
              currencies { currency orders gross { amountMinor currency } periods { start orders buyers averageOrderValue gross { amountMinor } refunds { amountMinor } net { amountMinor } } } } } }
            """, new { range = Quarter });
        var currencies = data["project"]!["revenue"]!["currencies"].Each().ToDictionary(row => row["currency"].Text());
        Assert.Equal(["EUR", "USD"], currencies.Keys.Order(StringComparer.Ordinal));
        foreach (var (code, row) in currencies)
        {
            var totals = expected["orders"]![code]!;
            Assert.Equal((totals["orders"].Whole(), totals["gross_minor"].Whole(), code), (row["orders"].Whole(), row["gross"]!["amountMinor"].Whole(), row["gross"]!["currency"].Text()));
            Assert.Equal(
                expected["monthly"]![code].Each().Select(month => (month["period"].Text()[..7], month["gross"].Whole(), month["refunds"].Whole(), month["net"].Whole(), month["orders"].Whole(), month["buyers"].Whole(), month["averageOrderValue"].Rounded())),
                row["periods"].Each().Select(month => (month["start"].Text()[..7], month["gross"]!["amountMinor"].Whole(), month["refunds"]!["amountMinor"].Whole(), month["net"]!["amountMinor"].Whole(), month["orders"].Whole(), month["buyers"].Whole(), month["averageOrderValue"].Rounded())));
        }
    }

    [SharedFact("data")]
    public async Task Folding_the_log_anew_finds_what_is_stored() => (await shop.System.RunAsync("verify")).MustSucceed();
}
