using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Breakdowns;

public sealed class BreakdownKeyTests
{
    private static readonly BreakdownKey Two = new(new Breakdown { By = ["properties.a", "customer.b"] });

    [Fact]
    public void Labels_of_several_properties_can_be_told_apart_again() => Properties.ForSeeds(500, seed =>
    {
        var random = new Random(seed);
        var labels = Enumerable.Range(0, random.Next(1, 4)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(0, 6)).Select(_ => "ae0s\0\u001e\u001f=é"[random.Next(9)]))).ToList();
        var key = BreakdownKey.From(labels);
        Assert.Equal(labels, BreakdownKey.Labels(key));
        Assert.DoesNotContain('\0', key);
    });

    [Fact]
    public void A_missing_property_is_the_empty_label_and_numbers_are_in_shortest_form()
    {
        Assert.Equal(["", ""], BreakdownKey.Labels(Two.Of(Event("{}", "{}"))));
        Assert.Equal(["1.5", "true"], BreakdownKey.Labels(Two.Of(Event("""{"a":1.50}""", """{"b":true}"""))));
        Assert.Equal(["", "x"], BreakdownKey.Labels(Two.Of(Event("""{"a":null}""", """{"b":"x"}"""))));
        Assert.True(Two.NeedsTraits);
    }

    [Fact]
    public void A_long_label_is_cut_between_characters()
    {
        var label = Assert.Single(BreakdownKey.Labels(new BreakdownKey(new Breakdown { By = ["properties.a"] }).Of(Event($$"""{"a":"{{new string('x', Limits.MaxLabelLength - 1)}}😀tail"}""", "{}"))));
        Assert.Equal(new string('x', Limits.MaxLabelLength - 1), label);
        var fits = new string('y', Limits.MaxLabelLength);
        Assert.Equal([fits], BreakdownKey.Labels(BreakdownKey.From([fits])));
    }

    private static PersonEvent Event(string properties, string traits) => new(
        new AnalyticsEvent { Name = "e", Type = EventType.Track, OccurredAt = 0, ReceivedAt = 0, MessageId = "m", Customer = CustomerId.User("u"), Properties = JsonObjectSlice.FromText(properties) },
        Traits.Empty.With(JsonObjectSlice.FromText(traits)),
        Traits.Empty);
}
