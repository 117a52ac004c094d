using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Filters;

public sealed class EventMatcherTests
{
    private const string Missing = "{}";
    private const string Null = """{"x":null}""";

    [Theory]
    // equality is by JSON type and value
    [InlineData("eq", "1", """{"x":1}""", true)]
    [InlineData("eq", "1", """{"x":1.0}""", true)]
    [InlineData("eq", "1", """{"x":"1"}""", false)]
    [InlineData("eq", "\"1\"", """{"x":1}""", false)]
    [InlineData("eq", "true", """{"x":"true"}""", false)]
    [InlineData("eq", "true", """{"x":true}""", true)]
    [InlineData("eq", "\"a\"", """{"x":"A"}""", false)]
    [InlineData("eq", "[1]", """{"x":[1]}""", true)]
    [InlineData("eq", "\"\"", Missing, false)]
    [InlineData("neq", "1", """{"x":2}""", true)]
    [InlineData("neq", "1", """{"x":1}""", false)]
    [InlineData("neq", "1", """{"x":"1"}""", true)]
    [InlineData("neq", "1", Missing, true)]
    [InlineData("neq", "1", Null, true)]
    [InlineData("in", """[1,"a"]""", """{"x":"a"}""", true)]
    [InlineData("in", """[1,"a"]""", """{"x":"1"}""", false)]
    [InlineData("in", "[]", """{"x":1}""", false)]
    [InlineData("in", "[1]", Missing, false)]
    [InlineData("in", "[null]", Null, false)]
    [InlineData("notIn", """[1,"a"]""", """{"x":2}""", true)]
    [InlineData("notIn", """[1,"a"]""", """{"x":"a"}""", false)]
    [InlineData("notIn", "[1]", Missing, true)]
    [InlineData("notIn", "[1]", Null, true)]
    [InlineData("notIn", "[]", """{"x":1}""", true)]
    // texts
    [InlineData("contains", "\"b\"", """{"x":"abc"}""", true)]
    [InlineData("contains", "\"B\"", """{"x":"abc"}""", false)]
    [InlineData("contains", "\"1\"", """{"x":1}""", false)]
    [InlineData("contains", "1", """{"x":"1"}""", false)]
    [InlineData("contains", "\"\"", """{"x":"abc"}""", true)]
    [InlineData("contains", "\"b\"", Missing, false)]
    [InlineData("contains", "\"b\"", Null, false)]
    [InlineData("notContains", "\"b\"", """{"x":"abc"}""", false)]
    [InlineData("notContains", "\"z\"", """{"x":"abc"}""", true)]
    [InlineData("notContains", "\"1\"", """{"x":1}""", true)]
    [InlineData("notContains", "\"b\"", Missing, true)]
    [InlineData("notContains", "\"b\"", Null, true)]
    [InlineData("regex", "\"^a.c$\"", """{"x":"abc"}""", true)]
    [InlineData("regex", "\"^a.c$\"", """{"x":"abcd"}""", false)]
    [InlineData("regex", "\"1\"", """{"x":1}""", false)]
    [InlineData("regex", "\".*\"", Missing, false)]
    [InlineData("regex", "\".*\"", Null, false)]
    [InlineData("regex", "\"(a+)+$\"", """{"x":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"}""", false)]
    // order: two numbers, or two instants as text
    [InlineData("gt", "1", """{"x":1.000000001}""", true)]
    [InlineData("gt", "1", """{"x":1}""", false)]
    [InlineData("gte", "1", """{"x":1}""", true)]
    [InlineData("lt", "1", """{"x":0.5}""", true)]
    [InlineData("lt", "1", """{"x":1}""", false)]
    [InlineData("lte", "1", """{"x":1}""", true)]
    [InlineData("lte", "1", """{"x":2}""", false)]
    [InlineData("gt", "1", """{"x":"2"}""", false)]
    [InlineData("lt", "3", """{"x":"2"}""", false)]
    [InlineData("gt", "\"a\"", """{"x":"b"}""", false)]
    [InlineData("lt", "\"b\"", """{"x":"a"}""", false)]
    [InlineData("gt", "\"2024-01-01T00:00:00Z\"", """{"x":"2024-01-01T00:00:00+01:00"}""", false)]
    [InlineData("lt", "\"2024-01-01T00:00:00Z\"", """{"x":"2024-01-01T00:00:00+01:00"}""", true)]
    [InlineData("gte", "\"2024-01-01\"", """{"x":"2024-01-01T00:00:00.000Z"}""", true)]
    [InlineData("lte", "\"2024-01-01\"", """{"x":"2024-01-01T00:00:00.000Z"}""", true)]
    [InlineData("gt", "1", Missing, false)]
    [InlineData("lt", "1", Null, false)]
    [InlineData("lte", "true", """{"x":true}""", false)]
    // presence
    [InlineData("isSet", null, """{"x":0}""", true)]
    [InlineData("isSet", null, """{"x":""}""", true)]
    [InlineData("isSet", null, """{"x":false}""", true)]
    [InlineData("isSet", null, Null, false)]
    [InlineData("isSet", null, Missing, false)]
    [InlineData("isNotSet", null, """{"x":0}""", false)]
    [InlineData("isNotSet", null, Null, true)]
    [InlineData("isNotSet", null, Missing, true)]
    public void A_filter_holds_by_type_and_presence(string op, string? value, string properties, bool holds)
    {
        var filter = Read(value is null ? $$"""{"path":"properties.x","op":"{{op}}"}""" : $$"""{"path":"properties.x","op":"{{op}}","value":{{value}}}""");
        Assert.Equal(holds, Matches(new EventSeries(), [filter], Event("a", properties)));
        var onTraits = filter with { Path = "customer.x" };
        Assert.Equal(holds, Matches(new EventSeries(), [onTraits], Event("a") with { Traits = Traits.Empty.With(JsonObjectSlice.FromText(properties)) }));
        Assert.Equal(holds, Matches(new EventSeries(), [onTraits with { Latest = true }], Event("a") with { LatestTraits = Traits.Empty.With(JsonObjectSlice.FromText(properties)) }));
        Assert.Equal(holds, Matches(new EventSeries(), [filter with { Path = "context.x" }], Event("a", context: properties)));
    }

    [Fact]
    public void Lists_are_joined_by_and_and_groups_nest()
    {
        Filter one = Eq("a", "1"), two = Eq("b", "2"), three = Eq("c", "3");
        var both = Event("e", """{"a":1,"b":2}""");
        Assert.True(Matches(new EventSeries(), [one, two], both));
        Assert.False(Matches(new EventSeries(), [one, three], both));
        Assert.True(Matches(new EventSeries(), [new Filter { Any = [three, two] }], both));
        Assert.True(Matches(new EventSeries(), [new Filter { Any = [three, new Filter { All = [one, two] }] }], both));
        Assert.False(Matches(new EventSeries(), [new Filter { All = [one, new Filter { Any = [three] }] }], both));
        Assert.False(Matches(new EventSeries(), [new Filter { Any = [] }], both));
        Assert.True(Matches(new EventSeries(), [new Filter { All = [] }], both));
    }

    [Fact]
    public void A_series_is_any_of_its_patterns_and_an_empty_one_any_activity()
    {
        var series = new EventSeries { Events = [new EventPattern { Name = "a", Filters = [Eq("x", "1")] }, new EventPattern { Name = "b" }, new EventPattern { Name = "a", Filters = [Eq("x", "2")] }] };
        Assert.True(Matches(series, null, Event("a", """{"x":1}""")));
        Assert.True(Matches(series, null, Event("a", """{"x":2}""")));
        Assert.False(Matches(series, null, Event("a", """{"x":3}""")));
        Assert.True(Matches(series, null, Event("b")));
        Assert.False(Matches(series, [Eq("x", "1")], Event("b")));
        Assert.False(Matches(series, null, Event("B")));
        Assert.True(Matches(new EventSeries(), null, Event("anything")));
        Assert.Equal(["a", "b"], EventMatcher.For(series).Names!.Order());
        Assert.Null(EventMatcher.For(new EventSeries()).Names);
    }

    [Theory]
    [InlineData(EventType.Identify)]
    [InlineData(EventType.Group)]
    [InlineData(EventType.Alias)]
    public void What_is_no_activity_matches_nothing(EventType type)
    {
        Assert.False(Matches(new EventSeries(), null, Event("a", type: type)));
        Assert.False(Matches(EventSeries.Named("a"), null, Event("a", type: type)));
    }

    [Fact]
    public void It_tells_what_it_must_know_of_the_person()
    {
        Assert.False(EventMatcher.For(new EventSeries(), [Eq("x", "1")]).NeedsTraits);
        var trait = Eq("x", "1") with { Path = "customer.x" };
        Assert.True(EventMatcher.For(new EventSeries(), [new Filter { Any = [trait] }]).NeedsTraits);
        Assert.False(EventMatcher.For(new EventSeries(), [trait]).NeedsLatestTraits);
        Assert.True(EventMatcher.For(new EventSeries { Events = [new EventPattern { Filters = [trait with { Latest = true }] }] }).NeedsLatestTraits);
    }

    [Theory]
    [InlineData("""{"op":"eq","value":1}""", "needs 'path' and 'op'")]
    [InlineData("""{"path":"properties.x","value":1}""", "needs 'path' and 'op'")]
    [InlineData("""{"path":"x","op":"eq","value":1}""", "no property path")]
    [InlineData("""{"path":"properties.x","op":"eq"}""", "needs a value")]
    [InlineData("""{"path":"properties.x","op":"eq","value":null}""", "needs a value")]
    [InlineData("""{"path":"properties.x","op":"in","value":1}""", "needs a list")]
    [InlineData("""{"path":"properties.x","op":"regex","value":1}""", "needs a text")]
    [InlineData("""{"path":"properties.x","op":"regex","value":"("}""", "invalid regular expression")]
    public void A_filter_that_makes_no_sense_is_refused_with_a_reason(string json, string reason)
    {
        Assert.Contains(reason, Assert.Throws<FormatException>(() => EventMatcher.For(new EventSeries(), [Read(json)])).Message, StringComparison.Ordinal);
        Assert.Null(EventMatcher.TryFor(new EventSeries(), [Read(json)], out var message));
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    private static bool Matches(EventSeries series, IReadOnlyList<Filter>? filters, PersonEvent e) => EventMatcher.For(series, filters).Matches(e);

    private static Filter Eq(string name, string value) => Read($$"""{"path":"properties.{{name}}","op":"eq","value":{{value}}}""");

    private static Filter Read(string json) => JsonSerializer.Deserialize<Filter>(json, AnalysisJson.Options)!;

    private static PersonEvent Event(string name, string properties = "{}", string context = "{}", EventType type = EventType.Track) => new(
        new AnalyticsEvent
        {
            Name = name,
            Type = type,
            OccurredAt = 0,
            ReceivedAt = 0,
            MessageId = "m",
            Customer = CustomerId.User("u"),
            Properties = JsonObjectSlice.FromText(properties),
            Context = JsonObjectSlice.FromText(context),
        },
        Traits.Empty,
        Traits.Empty);
}
