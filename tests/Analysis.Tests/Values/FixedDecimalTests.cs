using System.Globalization;
using System.Numerics;
using System.Text;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Values;

public sealed class FixedDecimalTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("12.50", "12.5")]
    [InlineData("-0.000000001", "-0.000000001")]
    [InlineData("1e3", "1000")]
    [InlineData("1E+3", "1000")]
    [InlineData("1.5e-3", "0.0015")]
    [InlineData("123456789e-9", "0.123456789")]
    [InlineData("0e99999", "0")]
    [InlineData("0.0e-99999", "0")]
    [InlineData("999999999999999999", "999999999999999999")]
    [InlineData("999999999999999999.999999999", "999999999999999999.999999999")]
    [InlineData("-999999999999999999.999999999", "-999999999999999999.999999999")]
    [InlineData("0.00000000000000000000000000000000000000000000000000000000001e59", "1")]
    [InlineData("100000000000000000000000000000000000000000000e-40", "10000")]
    public void Numbers_are_read_exactly_and_shown_in_shortest_form(string text, string shown)
    {
        Assert.True(TryParse(text, out var value, out var rounded));
        Assert.False(rounded);
        Assert.Equal(shown, value.ToString());
    }

    [Theory]
    [InlineData("0.0000000005", "0")]
    [InlineData("0.0000000015", "0.000000002")]
    [InlineData("0.0000000025", "0.000000002")]
    [InlineData("-0.0000000015", "-0.000000002")]
    [InlineData("-0.0000000025", "-0.000000002")]
    [InlineData("0.00000000050000000000000000000000000000000000000000001", "0.000000001")]
    [InlineData("0.00000000249999999999999999999999999999999999999999999", "0.000000002")]
    [InlineData("0.00000000250000000000000000000000000000000000000000001", "0.000000003")]
    [InlineData("1e-9999", "0")]
    [InlineData("5e-10", "0")]
    [InlineData("6e-10", "0.000000001")]
    public void Finer_than_a_billionth_is_rounded_half_to_even(string text, string shown)
    {
        Assert.True(TryParse(text, out var value, out var rounded));
        Assert.True(rounded);
        Assert.Equal(shown, value.ToString());
    }

    [Theory]
    [InlineData("1000000000000000000")]
    [InlineData("-1000000000000000000")]
    [InlineData("999999999999999999.9999999995")]
    [InlineData("1e18")]
    [InlineData("1e400")]
    [InlineData("0.001e21")]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1x")]
    [InlineData(" 1")]
    [InlineData("+1")]
    [InlineData("NaN")]
    [InlineData("1e1.5")]
    [InlineData("0x10")]
    public void What_is_no_number_or_not_below_10_to_the_18_is_none(string text) => Assert.False(TryParse(text, out _, out _));

    [Fact]
    public void Any_number_equals_big_integer_arithmetic() => Properties.ForSeeds(2_000, seed =>
    {
        var random = new Random(seed);
        var whole = Digits(random, random.Next(1, 22));
        var fraction = random.Next(3) == 0 ? "" : Digits(random, random.Next(1, 45));
        var exponent = random.Next(2) == 0 ? 0 : random.Next(-45, 25);
        var text = (random.Next(2) == 0 ? "-" : "") + whole + (fraction.Length > 0 ? "." + fraction : "") + (exponent != 0 ? "e" + exponent.ToString(CultureInfo.InvariantCulture) : "");
        var expected = Exactly(text[0] == '-', whole + fraction, exponent - fraction.Length + FixedDecimal.Scale, out var isExact);
        var fits = BigInteger.Abs(expected) < BigInteger.Pow(10, 27);
        Assert.Equal(fits, TryParse(text, out var value, out var rounded));
        if (!fits) return;
        Assert.True(expected == (BigInteger)value.Units, $"{text}: expected {expected}, got {value.Units}");
        Assert.Equal(!isExact, rounded);
        Assert.True(TryParse(value.ToString(), out var again, out _));
        Assert.Equal(value, again);
    });

    [Fact]
    public void Order_is_that_of_the_numbers()
    {
        var values = new[] { "-2", "-1.5", "-0.000000001", "0", "0.1", "1", "1.000000001", "999999999999999999" }.Select(Parse).ToList();
        for (var i = 1; i < values.Count; i++)
        {
            Assert.True(values[i - 1] < values[i] && values[i] > values[i - 1] && values[i] >= values[i - 1] && values[i - 1] <= values[i]);
            Assert.Equal(-1, Math.Sign(values[i - 1].CompareTo(values[i])));
        }
        Assert.Equal(Parse("1"), Parse("1.000"));
        Assert.Equal(FixedDecimal.FromInt64(-7), Parse("-7"));
        Assert.Equal(0.25, Parse("0.25").ToDouble());
    }

    private static BigInteger Exactly(bool negative, string digits, int power, out bool isExact)
    {
        var mantissa = BigInteger.Parse(digits, CultureInfo.InvariantCulture) * (negative ? -1 : 1);
        isExact = true;
        if (power >= 0) return mantissa * BigInteger.Pow(10, power);
        var divisor = BigInteger.Pow(10, -power);
        var quotient = BigInteger.DivRem(BigInteger.Abs(mantissa), divisor, out var remainder);
        isExact = remainder.IsZero;
        if (remainder * 2 > divisor || (remainder * 2 == divisor && !quotient.IsEven)) quotient++;
        return negative ? -quotient : quotient;
    }

    private static string Digits(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? "0" : random.Next(4) == 0 ? "5" : random.Next(10).ToString(CultureInfo.InvariantCulture)));

    private static bool TryParse(string text, out FixedDecimal value, out bool rounded) => FixedDecimal.TryParse(Encoding.UTF8.GetBytes(text), out value, out rounded);

    private static FixedDecimal Parse(string text) => TryParse(text, out var value, out _) ? value : throw new FormatException(text);
}
