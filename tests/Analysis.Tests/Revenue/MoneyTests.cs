using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

public class MoneyTests
{
    [Theory]
    [InlineData("12.50", "USD", 1250)]
    [InlineData("12.5", "usd", 1250)]
    [InlineData("12", "JPY", 12)]
    [InlineData("1.234", "KWD", 1234)]
    [InlineData("1.2345", "CLF", 12345)]
    [InlineData("12.500", "USD", 1250)]
    [InlineData("1e3", "EUR", 100000)]
    [InlineData("-0.01", "EUR", -1)]
    [InlineData("0", "EUR", 0)]
    [InlineData("9999999999999.99", "EUR", 999999999999999)]
    public void Amounts_are_read_exactly_in_minor_units(string amount, string currency, long minor)
    {
        Assert.True(Money.TryParse(amount, currency, out var money, out var reason), reason);
        Assert.Equal((minor, currency.ToUpperInvariant()), (money.Minor, money.Currency.Code));
    }

    [Theory]
    [InlineData("12.505", "USD", "more decimals than USD")]
    [InlineData("12.5", "JPY", "more decimals than JPY, which has 0")]
    [InlineData("12.0000000000001", "USD", "more decimals")]
    [InlineData("12,50", "USD", "no number")]
    [InlineData("", "USD", "no number")]
    [InlineData("12 USD", "USD", "no number")]
    [InlineData("12", "XXX", "ISO 4217")]
    [InlineData("12", "US", "ISO 4217")]
    [InlineData("10000000000000.01", "USD", "larger")]
    [InlineData("1e30", "USD", "larger")]
    public void Amounts_that_can_not_be_exact_are_refused_with_the_reason(string amount, string currency, string reason)
    {
        Assert.False(Money.TryParse(amount, currency, out _, out var actual));
        Assert.Contains(reason, actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_and_texts_read_alike_and_nothing_else_is_an_amount()
    {
        Assert.True(FixedDecimal.TryParse("0.1"u8, out var tenth));
        Assert.True(Money.TryParse(PropertyValue.Of(tenth), "USD", out var money, out _));
        Assert.Equal("0.10 USD", money.ToString());
        Assert.False(Money.TryParse(PropertyValue.Of(true), "USD", out _, out _));
        Assert.False(Money.TryParse(PropertyValue.Missing, "USD", out _, out var reason));
        Assert.Contains("no amount", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Money_is_shown_in_major_units()
    {
        Assert.Equal("-0.05 USD", new Money(-5, Currencies.Get("USD")).ToString());
        Assert.Equal("1234 JPY", new Money(1234, Currencies.Get("JPY")).ToString());
        Assert.Equal("1.005 KWD", new Money(1005, Currencies.Get("KWD")).ToString());
    }

    [Fact]
    public void All_currencies_have_their_minor_unit()
    {
        Assert.True(Currencies.All.Count > 170);
        Assert.Equal(Currencies.All.Count, Currencies.All.Select(currency => currency.Code).Distinct().Count());
        Assert.Equal((2, 0, 3, 4), (Currencies.Get("CHF").Digits, Currencies.Get("KRW").Digits, Currencies.Get("TND").Digits, Currencies.Get("UYW").Digits));
        Assert.Null(Currencies.Find("€"));
        Assert.Null(Currencies.Find("XAU"));
        Assert.Null(Currencies.Find((string?)null));
    }
}
