using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

public class OrderEventsTests
{
    private static readonly OrderEvents Orders = new(RevenueSettings.Default);

    [Theory]
    [InlineData("""{"total":12.5,"currency":"EUR"}""", "12.50 EUR")]
    [InlineData("""{"revenue":"7","currency":"eur"}""", "7.00 EUR")]
    [InlineData("""{"total":null,"revenue":"7"}""", "7.00 USD")]
    [InlineData("""{"revenue":9,"products":[{"total":1}],"total":"8.00","currency":null}""", "8.00 USD")]
    [InlineData("""{"total":"\u0031.5","currency":"\u0055SD"}""", "1.50 USD")]
    public void Total_else_revenue_in_the_currency_named_else_the_default(string properties, string money)
    {
        Assert.Equal(MoneyFault.None, Orders.Read(Event(properties), out var actual));
        Assert.Equal(money, actual.ToString());
        Assert.Null(Orders.Refuse(Event(properties)));
    }

    [Theory]
    [InlineData("""{}""", MoneyFault.MissingAmount)]
    [InlineData("""{"total":"x","revenue":7}""", MoneyFault.NotANumber)]
    [InlineData("""{"total":[7]}""", MoneyFault.NotANumber)]
    [InlineData("""{"total":true}""", MoneyFault.NotANumber)]
    [InlineData("""{"total":-7}""", MoneyFault.Negative)]
    [InlineData("""{"total":7.001}""", MoneyFault.TooManyDecimals)]
    [InlineData("""{"total":7.0000000000001}""", MoneyFault.TooManyDecimals)]
    [InlineData("""{"total":7,"currency":"EURO"}""", MoneyFault.UnknownCurrency)]
    [InlineData("""{"total":7,"currency":978}""", MoneyFault.UnknownCurrency)]
    public void What_can_not_be_read_is_refused_and_claims_no_order_id(string properties, MoneyFault fault)
    {
        Assert.Equal(fault, Orders.Read(Event(properties), out _));
        Assert.False(string.IsNullOrEmpty(Orders.Refuse(Event(properties))));
        Assert.Null(Orders.ClaimOf(Event(properties)));
    }

    [Fact]
    public void An_order_id_is_claimed_by_the_first_position_whatever_the_time_and_number_and_text_are_one()
    {
        var histories = new Histories()
            .Add("u1", "Order Completed", "2024-01-05T00:00:00Z", new { order_id = 7, total = 1 })
            .Add("u2", "purchase_completed", "2024-01-02T00:00:00Z", new { order_id = "7", total = 2 })
            .Add("u2", "purchase_completed", "2024-01-03T00:00:00Z", new { total = 4 })
            .Add("u2", "purchase_completed", "2024-01-03T00:00:00Z", new { total = 8 });
        var report = RevenueAnswers.AdHoc(histories.Persons(), Calendar.Utc, new OrdersQuery { Range = Calendar.Utc.Days(new(2024, 1, 1), new(2024, 1, 5)) });
        Assert.Equal([0, 0, 1200, 0, 100], report.Currencies.Single().Periods.Select(p => p.Gross));
        Assert.Equal([0, 1, 0, 0, 0], report.Totals.Select(t => t.Duplicates));
    }

    [Fact]
    public void Settings_name_the_events_and_the_default_currency()
    {
        var settings = new RevenueSettings { OrderEvents = ["bought"], RefundEvents = [], DefaultCurrency = "JPY" };
        var orders = new OrderEvents(settings);
        Assert.Equal(OrderRole.None, orders.RoleOf(Event("{}")));
        var histories = new Histories().Add("u1", "bought", "2024-01-05T00:00:00Z", new { total = 100 });
        Assert.Equal("100 JPY", orders.Read(histories.Events[0], out var money) == MoneyFault.None ? money.ToString() : "");
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused_with_the_reason()
    {
        Assert.Empty(RevenueSettings.Default.Validate());
        var errors = new RevenueSettings { OrderEvents = ["x", ""], RefundEvents = ["x"], DefaultCurrency = "EURO" }.Validate();
        Assert.Equal(3, errors.Count);
        Assert.Throws<ArgumentException>(() => new OrderEvents(new RevenueSettings { DefaultCurrency = "?" }));
    }

    private static AnalyticsEvent Event(string properties) => new()
    {
        Name = "Order Completed",
        Type = EventType.Track,
        OccurredAt = 0,
        ReceivedAt = 0,
        MessageId = "m",
        Customer = CustomerId.User("u"),
        Properties = JsonObjectSlice.FromText(properties),
    };
}
