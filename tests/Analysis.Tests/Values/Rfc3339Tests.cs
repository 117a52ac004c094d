using System.Text;
using EventSourcedAnalytics.Analysis.Values;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Analysis.Tests.Values;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2024-01-10T13:00:00.000Z", "2024-01-10T13:00:00.000Z")]
    [InlineData("2024-02-29T23:59:59.9999999Z", "2024-02-29T23:59:59.999Z")]
    [InlineData("2024-01-10T13:00:00.1234567890123Z", "2024-01-10T13:00:00.123Z")]
    [InlineData("2024-01-10T13:00:00.5+02:00", "2024-01-10T11:00:00.500Z")]
    [InlineData("2024-01-10T00:00:00-0530", "2024-01-10T05:30:00.000Z")]
    [InlineData("2024-01-10t13:00z", "2024-01-10T13:00:00.000Z")]
    [InlineData("2024-01-10 13:00:00", "2024-01-10T13:00:00.000Z")]
    [InlineData("2024-01-10", "2024-01-10T00:00:00.000Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    [InlineData("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z")]
    public void An_instant_is_read_and_written_in_utc_with_milliseconds(string text, string written)
    {
        Assert.True(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var milliseconds));
        Assert.Equal(written, Write(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024-1-10")]
    [InlineData("2023-02-29")]
    [InlineData("2024-13-01")]
    [InlineData("2024-00-01")]
    [InlineData("0000-01-01")]
    [InlineData("2024-01-10T")]
    [InlineData("2024-01-10T24:00:00Z")]
    [InlineData("2024-01-10T13:60:00Z")]
    [InlineData("2024-01-10T13:00:61Z")]
    [InlineData("2024-01-10T13:00:00.Z")]
    [InlineData("2024-01-10T13:00:00Zx")]
    [InlineData("2024-01-10T13:00:00+25:00")]
    [InlineData("2024-01-10T13:00:00+1")]
    [InlineData("2024-01-10X13:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("1704891600000")]
    [InlineData("20a4-01-10")]
    public void What_is_no_instant_is_refused(string text) => Assert.False(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Text_and_instant_agree_with_the_framework_over_all_years() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Select(i => (long)(i / (double)int.MaxValue * 315_537_897_599_999) - 62_135_596_800_000).ToArbitrary(),
        milliseconds => Write(milliseconds) == Instant.ToText(milliseconds)
            && Rfc3339.TryParse(Encoding.UTF8.GetBytes(Instant.ToText(milliseconds)), out var back) && back == milliseconds)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    private static string Write(long milliseconds)
    {
        var target = new byte[Rfc3339.WrittenLength];
        Rfc3339.Write(milliseconds, target);
        return Encoding.ASCII.GetString(target);
    }
}
