using EventSourcedAnalytics.Api.Tests.Harness;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>Orders, cohort revenue and recurring revenue: numbers, persons, refusals.</summary>
[Collection(ApiCollection.Name)]
public class RevenueTests(ApiWorld world)
{
    private const string Months = """range: { days: { from: "2024-01-01", to: "2024-02-29" } }""";

    [Fact]
    public async Task Orders_are_counted_once_and_open_into_their_buyers()
    {
        var shop = await ShopAsync();
        var report = await shop.AskBothAsync($"revenue({Months}, interval: MONTH, ASOF)",
            "duplicates unreadable totals { start buyers duplicates } currencies { currency orders net { amountMinor currency } periods { gross { amountMinor } refunds { amountMinor } net { amountMinor } orders buyers averageOrderValue } }");
        Assert.Equal("1", report["duplicates"].Json());
        Assert.Equal("""[{"start":"2024-01-01T00:00:00Z","buyers":2,"duplicates":1},{"start":"2024-02-01T00:00:00Z","buyers":1,"duplicates":0}]""", report["totals"].Json());
        Assert.Equal("""{"gross":{"amountMinor":3000},"refunds":{"amountMinor":0},"net":{"amountMinor":3000},"orders":2,"buyers":2,"averageOrderValue":1500}""", report["currencies"]![0]!["periods"]![0].Json());
        Assert.Equal("""{"gross":{"amountMinor":500},"refunds":{"amountMinor":1000},"net":{"amountMinor":-500},"orders":1,"buyers":1,"averageOrderValue":500}""", report["currencies"]![0]!["periods"]![1].Json());
        var persons = (await shop.AskAsync($$"""
            revenue({{Months}}, interval: MONTH) {
              january: customers(period: "2024-01-01T00:00:00Z") { nodes { id evidence { role money { amountMinor currency } } } }
              all: customers { totalCount nodes { id } } none: customers(currency: "EUR") { totalCount } }
            """))["revenue"]!;
        Assert.Equal("""[{"id":"ann","evidence":[{"role":"ORDER","money":{"amountMinor":1000,"currency":"USD"}}]},{"id":"bob","evidence":[{"role":"ORDER","money":{"amountMinor":2000,"currency":"USD"}}]}]""", persons["january"]!["nodes"].Json());
        Assert.Equal(["ann", "bob"], persons["all"].Ids());
        Assert.Equal("0", persons["none"]!["totalCount"].Json());
    }

    [Fact]
    public async Task Revenue_is_shared_out_over_all_who_were_active()
    {
        var shop = await ShopAsync();
        await shop.SendAsync(new("cem", "visit", "2024-01-10"), new("dan", "visit", "2024-01-11"));
        var report = (await shop.AskAsync($"revenue({Months}, interval: MONTH) {{ netPerActiveCustomer none: netPerActiveCustomer(currency: \"EUR\") }}"))["revenue"]!;
        Assert.Equal("""{"netPerActiveCustomer":[750,-500],"none":[0,0]}""", report.Json());
    }

    [Fact]
    public async Task Cohort_revenue_follows_who_was_acquired_when_and_opens_into_them()
    {
        var shop = await ShopAsync();
        var report = await shop.AskBothAsync($"cohortRevenue({Months}, period: MONTH, ASOF)", "currency rows { cohort customers values { net { amountMinor } cumulativePerCustomer } }");
        Assert.Equal("""[{"net":{"amountMinor":3000},"cumulativePerCustomer":1500},{"net":{"amountMinor":-500},"cumulativePerCustomer":1250}]""", report["rows"]![0]!["values"].Json());
        var persons = (await shop.AskAsync($$"""
            cohortRevenue({{Months}}, period: MONTH) {
              all: customers(cohort: "2024-01-01T00:00:00Z") { nodes { id } }
              later: customers(cohort: "2024-01-01T00:00:00Z", interval: 1) { nodes { id evidence { role money { amountMinor } } } } }
            """))["cohortRevenue"]!;
        Assert.Equal(["ann", "bob"], persons["all"].Ids());
        Assert.Equal("""[{"id":"ann","evidence":[{"role":"REFUND","money":{"amountMinor":1000}},{"role":"ORDER","money":{"amountMinor":500}}]}]""", persons["later"]!["nodes"].Json());
    }

    [Fact]
    public async Task Recurring_revenue_moves_by_persons_and_a_movement_opens_into_them()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(
            new("ann", "subscription_started", "2024-01-10", """{"subscription_id":"1","amount":10,"currency":"USD","interval":"month"}"""),
            new("ann", "subscription_started", "2024-01-11", """{"subscription_id":"2","amount":120,"currency":"USD","interval":"year"}"""),
            new("ann", "subscription_cancelled", "2024-02-10", """{"subscription_id":"2"}"""),
            new("bob", "subscription_started", "2024-01-20", """{"subscription_id":"1","amount":7,"currency":"USD","interval":"week"}"""),
            new("bob", "subscription_cancelled", "2024-02-20", """{"subscription_id":"1"}"""));
        var report = await shop.AskBothAsync($"mrr({Months}, ASOF)",
            "starts periods { opening { twelfths } new { twelfths amountMinor } contraction { amountMinor } churn { twelfths amountMinor } closing { amountMinor twelfths } customersChurned customersClosing customerChurn arpa { amountMinor exact } }");
        Assert.Equal("60400", report["periods"]![0]!["new"]!["twelfths"].Json());
        Assert.Equal("5033", report["periods"]![0]!["new"]!["amountMinor"].Json());
        Assert.Equal("1000", report["periods"]![1]!["contraction"]!["amountMinor"].Json());
        Assert.Equal("36400", report["periods"]![1]!["churn"]!["twelfths"].Json());
        Assert.Equal("""{"amountMinor":1000,"exact":1000}""", report["periods"]![1]!["arpa"].Json());
        var persons = (await shop.AskAsync($$"""
            mrr({{Months}}) {
              churned: customers(period: "2024-02-01T00:00:00Z", movement: CHURN) { nodes { id evidence { role event { name } } } }
              less: customers(period: "2024-02-01T00:00:00Z", movement: CONTRACTION) { nodes { id } } all: customers(period: "2024-02-01T00:00:00Z") { nodes { id } } }
            """))["mrr"]!;
        Assert.Equal("""[{"id":"bob","evidence":[{"role":"SUBSCRIPTION","event":{"name":"subscription_started"}},{"role":"SUBSCRIPTION","event":{"name":"subscription_cancelled"}}]}]""", persons["churned"]!["nodes"].Json());
        Assert.Equal(["ann"], persons["less"].Ids());
        Assert.Equal(["ann", "bob"], persons["all"].Ids());
    }

    [Fact]
    public async Task Rates_of_given_movements_are_null_where_nothing_divides()
    {
        var rates = (await world.DataAsync("{ mrrRates(input: { customersStart: 1000, customersChurned: 150, customersEnd: 1150 }) { customerChurn grossChurn ltv } }"))["mrrRates"]!;
        Assert.Equal("""{"customerChurn":0.15,"grossChurn":null,"ltv":0}""", rates.Json());
    }

    [Theory]
    [InlineData("""revenue(range: { allTime: true }) { duplicates }""", "two ends")]
    [InlineData("""revenue(range: { last: "P3650D" }, interval: MINUTE) { duplicates }""", "more than 5000 periods")]
    [InlineData("""revenue(range: { last: "P7D" }) { customers(currency: "XXY") { totalCount } }""", "no currency")]
    [InlineData("""cohortRevenue(range: { last: "P7D" }, currency: "nope") { currency }""", "currency")]
    [InlineData("""cohortRevenue(range: { last: "P60D" }) { customers(cohort: "2024-02-01T00:00:00Z", interval: 12) { totalCount } }""", "intervals 0 to 11")]
    [InlineData("""mrr(range: { last: "P60D" }, grossMargin: 2) { unreadable }""", "margin")]
    public async Task What_cannot_be_asked_is_refused_with_a_reason(string field, string reason)
    {
        var error = await (await world.SharedAsync(nameof(RevenueTests), ShopAsync)).ErrorAsync(field);
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("INVALID_QUERY", error.Code);
    }

    [Theory]
    [InlineData("revenue(range: { last: \"P60D\" }) { customers { totalCount } }")]
    [InlineData("cohortRevenue(range: { last: \"P60D\" }) { customers(cohort: \"2024-02-01T00:00:00Z\") { totalCount } }")]
    [InlineData("mrr(range: { last: \"P60D\" }) { customers(period: \"2024-02-01T00:00:00Z\") { totalCount } }")]
    public async Task Persons_need_the_customer_data_permission(string field)
    {
        var shop = await world.SharedAsync(nameof(RevenueTests), ShopAsync);
        Assert.Equal("FORBIDDEN", (await shop.ErrorAsync(field, await shop.ReaderAsync())).Code);
    }

    private async Task<ApiProject> ShopAsync()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(
            new("ann", "Order Completed", "2024-01-05", """{"order_id":"1","total":"10.00","currency":"USD"}"""), new("bob", "Order Completed", "2024-01-06", """{"order_id":"2","total":20,"currency":"USD"}"""),
            new("bob", "Order Completed", "2024-01-07", """{"order_id":"1","total":"10.00","currency":"USD"}"""), new("ann", "Order Refunded", "2024-02-01", """{"order_id":"1","total":10,"currency":"USD"}"""),
            new("ann", "Order Completed", "2024-02-02", """{"order_id":"3","total":5,"currency":"USD"}"""));
        return shop;
    }
}
