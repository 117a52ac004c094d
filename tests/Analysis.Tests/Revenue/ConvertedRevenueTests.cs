using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

public class ConvertedRevenueTests
{
    private readonly Histories histories = new Histories()
        .Add("rates", "fx_rate_set", "2024-01-01T00:00:00Z", new { @base = "EUR", quote = "USD", rate = "1.1" })
        .Add("rates", "fx_rate_set", "2024-01-20T12:00:00Z", new { @base = "EUR", quote = "usd", rate = 1.25 })
        .Add("rates", "fx_rate_set", "2024-01-01T00:00:00Z", new { @base = "JPY", quote = "USD", rate = 0.0075 })
        .Add("rates", "fx_rate_set", "2024-01-02T00:00:00Z", new { @base = "EUR", quote = "USD", rate = -1 })
        .Add("u1", "Order Completed", "2024-01-05T00:00:00Z", new { total = 10.05, currency = "EUR" })
        .Add("u1", "Order Completed", "2024-01-20T00:00:00Z", new { total = 10, currency = "EUR" })
        .Add("u2", "Order Completed", "2024-01-21T00:00:00Z", new { total = 1001, currency = "JPY" })
        .Add("u2", "Order Completed", "2024-01-21T00:00:00Z", new { total = "0.02" })
        .Add("u2", "Order Refunded", "2024-02-02T00:00:00Z", new { total = 4, currency = "EUR" });

    [Fact]
    public void Each_day_is_converted_at_the_rate_of_its_end_and_each_figure_rounded_once()
    {
        var months = Convert("USD").Periods;
        // 10.05 * 1.1 + 10 * 1.25 + 1001 * 0.0075 + 0.02 = 11.055 + 12.5 + 7.5075 + 0.02 = 31.0825
        Assert.Equal((3108, 0, 3108, 4L), (months[0].Gross, months[0].Refunds, months[0].Net, months[0].Orders));
        Assert.Equal((0, 500, -500, 0L), (months[1].Gross, months[1].Refunds, months[1].Net, months[1].Orders));
    }

    [Fact]
    public void Without_a_rate_a_period_has_no_sum_and_the_days_are_named()
    {
        var report = Convert("EUR");
        Assert.Null(report.Periods[0].Net);
        Assert.Equal(-400, report.Periods[1].Net);
        Assert.Equal(["JPY", "USD"], report.Missing.Select(missing => missing.Currency));
    }

    [Fact]
    public void A_rate_that_makes_no_sense_is_refused() =>
        Assert.Equal([null, null, null, "rate must be a number above 0: how many units of quote one unit of base is worth."], histories.Events.Take(4).Select(FxRates.Refuse));

    private ConvertedRevenue Convert(string currency)
    {
        var query = new OrdersQuery { Interval = Period.Day, Range = Calendar.Utc.Days(new(2024, 1, 1), new(2024, 2, 29)) };
        var daily = RevenueAnswers.Stored(histories.Persons(), Calendar.Utc, query);
        return ConvertedRevenue.Of(daily, Calendar.Utc, Period.Month, Currencies.Get(currency), new FxRates(histories.Events));
    }
}
