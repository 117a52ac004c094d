using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Values;

public sealed class PropertyPathTests
{
    [Theory]
    [InlineData("""{"a":{"b":{"c":1}}}""", "a.b.c", "Number 1")]
    [InlineData("""{"a.b.c":2,"a":{"b":{"c":1}}}""", "a.b.c", "Number 2")]
    [InlineData("""{"a":{"b":{"c":1}},"a.b.c":2}""", "a.b.c", "Number 2")]
    [InlineData("""{"a":{"b":{"c":1},"b.c":3}}""", "a.b.c", "Number 3")]
    [InlineData("""{"a.b":{"c":4},"a":{"b":{"c":1},"b.c":3}}""", "a.b.c", "Number 4")]
    [InlineData("""{"a":{"b":{"c":1}},"a.b":{"c":4}}""", "a.b.c", "Number 4")]
    [InlineData("""{"a":1}""", "a.b", "Missing ")]
    [InlineData("""{"a":null}""", "a", "Null ")]
    [InlineData("""{"a":null}""", "a.b", "Missing ")]
    [InlineData("""{"a":[1,{"b":2}]}""", "a", """Json [1,{"b":2}]""")]
    [InlineData("""{"a":{"b" : 1}}""", "a", """Json {"b" : 1}""")]
    [InlineData("""{"a":true}""", "a", "Boolean true")]
    [InlineData("""{"a":"\u00e9\""}""", "a", "Text é\"")]
    [InlineData("""{"\u0061":1}""", "a", "Number 1")]
    [InlineData("""{"a":1e18}""", "a", "Text 1e18")]
    [InlineData("""{"a":1.50}""", "a", "Number 1.5")]
    [InlineData("""{"x":{"a":1},"y":[{"a":2}]}""", "a", "Missing ")]
    [InlineData("{}", "a", "Missing ")]
    [InlineData("", "a", "Missing ")]
    [InlineData("""{"":1}""", "", "none")]
    public void A_path_finds_the_whole_key_before_nested_ones(string json, string path, string expected)
    {
        if (path.Length == 0)
        {
            Assert.Throws<FormatException>(() => PropertyPath.Parse("properties." + path));
            return;
        }
        Assert.Equal(expected, JsonObjectSlice.FromText(json).Find(PropertyPath.Parse("properties." + path)).ToString());
        if (json.Length > 0) Assert.Equal(expected, Traits.Empty.With(JsonObjectSlice.FromText(json)).Find(PropertyPath.Parse("customer." + path)).ToString());
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("props.plan")]
    [InlineData("properties.")]
    [InlineData("properties")]
    [InlineData("")]
    [InlineData(".x")]
    public void A_path_needs_a_root_and_a_key(string path)
    {
        Assert.Throws<FormatException>(() => PropertyPath.Parse(path));
        Assert.False(PropertyPath.TryParse(path, out var message));
        Assert.Contains("'properties.', 'customer.' or 'context.'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Traits_keep_what_they_know_when_the_memory_of_the_event_is_used_for_something_else()
    {
        var bytes = """{"plan":"a"}"""u8.ToArray();
        var traits = Traits.Empty.With(new JsonObjectSlice(bytes));
        bytes.AsSpan().Clear();
        Assert.Equal("Text a", traits.Find(PropertyPath.Parse("customer.plan")).ToString());
    }

    [Fact]
    public void Traits_are_merged_key_by_key_and_stay_as_they_were()
    {
        var first = Traits.Empty.With(JsonObjectSlice.FromText("""{"plan":"a","address":{"city":"Bonn","zip":"1"}}"""));
        var second = first.With(JsonObjectSlice.FromText("""{"address":{"city":"Rome"},"seats":3}"""));
        Assert.Equal("""{"address":{"city":"Bonn","zip":"1"},"plan":"a"}""", first.ToString());
        Assert.Equal("""{"address":{"city":"Rome"},"plan":"a","seats":3}""", second.ToString());
        Assert.Equal("Missing ", second.Find(PropertyPath.Parse("customer.address.zip")).ToString());
        Assert.Same(first, first.With(default));
    }

    [Fact]
    public void Values_of_different_types_are_never_equal()
    {
        PropertyValue[] values =
        [
            PropertyValue.Missing, PropertyValue.Null, PropertyValue.Of(true), PropertyValue.Of(false), PropertyValue.Of(FixedDecimal.FromInt64(1)),
            PropertyValue.Of("1"), PropertyValue.Of("true"), PropertyValue.Of(""), PropertyValue.OfJson("[1]"), PropertyValue.Of("[1]"),
        ];
        for (var i = 0; i < values.Length; i++)
            for (var j = 0; j < values.Length; j++)
            {
                Assert.Equal(i == j, values[i] == values[j]);
                Assert.Equal(i == j, values[i].ToKey() == values[j].ToKey());
            }
    }
}
