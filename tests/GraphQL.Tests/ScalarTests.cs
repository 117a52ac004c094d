using System.Text.Json;
using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Tests;

public class ScalarTests
{
    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00.123+02:00", "2026-01-31T10:00:00.123Z")]
    public void Times_come_in_any_offset_and_go_out_in_utc(string given, string written) =>
        Assert.Equal(written, CustomScalars.DateTime.Serialize(CustomScalars.DateTime.ParseValue(JsonSerializer.SerializeToElement(given))));

    [Theory]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("yesterday")]
    public void A_time_without_offset_or_day_is_refused(string given) =>
        Assert.Throws<GraphQLException>(() => CustomScalars.DateTime.ParseValue(JsonSerializer.SerializeToElement(given)));

    [Theory]
    [InlineData("P7D", 7 * 24 * 60)]
    [InlineData("PT1H30M", 90)]
    [InlineData("P1W", 7 * 24 * 60)]
    [InlineData("-PT5M", -5)]
    public void Durations_are_iso_8601(string text, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), CustomScalars.Duration.ParseLiteral(new StringValueNode(0, text, false)));

    [Theory]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("7 days")]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PW")]
    public void A_duration_of_no_fixed_length_is_refused(string text) =>
        Assert.Throws<GraphQLException>(() => CustomScalars.Duration.ParseLiteral(new StringValueNode(0, text, false)));

    [Theory]
    [InlineData("9223372036854775807", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("1.5", false)]
    [InlineData("\"1\"", false)]
    public void Long_has_64_bits(string json, bool fits)
    {
        var element = JsonDocument.Parse(json).RootElement;
        if (fits)
            Assert.Equal(long.MaxValue, CustomScalars.Long.ParseValue(element));
        else
            Assert.Throws<GraphQLException>(() => CustomScalars.Long.ParseValue(element));
    }

    [Fact]
    public void A_float_that_json_cannot_hold_is_an_error() => Assert.Throws<InvalidOperationException>(() => Scalars.Float.Serialize(double.NaN));
}
