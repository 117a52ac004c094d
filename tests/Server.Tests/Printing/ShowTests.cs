using EventSourcedAnalytics.Server.Printing;

namespace EventSourcedAnalytics.Server.Tests.Printing;

/// <summary>How numbers look in the terminal.</summary>
public sealed class ShowTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(119.4, "119 s")]
    [InlineData(120, "2 min")]
    [InlineData(7_199, "120 min")]
    [InlineData(7_200, "2.0 h")]
    [InlineData(180_000, "2.1 d")]
    public void A_duration_has_the_unit_that_fits(double seconds, string text) => Assert.Equal(text, Show.Duration(seconds));

    [Fact]
    public void What_is_not_known_is_a_dash() => Assert.Equal(("-", "-"), (Show.Duration(null), Show.Percent(null)));

    [Theory]
    [InlineData(123_450, "USD", "1,234.50 USD")]
    [InlineData(123_450, "JPY", "123,450 JPY")]
    [InlineData(-5, "EUR", "-0.05 EUR")]
    public void Money_has_the_digits_of_its_currency(long minor, string currency, string text) => Assert.Equal(text, Show.Money(minor, currency));

    [Theory]
    [InlineData(0, "")]
    [InlineData(0.5, "█████")]
    [InlineData(0.06, "▋")]
    [InlineData(2, "██████████")]
    public void A_bar_is_drawn_to_an_eighth_of_a_character(double share, string bar) => Assert.Equal(bar, Show.Bar(share, 10));
}
