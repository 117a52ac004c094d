using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Sessions;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Sessions;

public sealed class PageOfTests
{
    [Theory]
    [InlineData("""{"page":{"path":"/a"}}""", """{"path":"/b"}""", "/a")]
    [InlineData("""{"page":{"path":null}}""", """{"path":"/b"}""", "/b")]
    [InlineData("""{"page":{}}""", """{"path":"/b"}""", "/b")]
    [InlineData("", """{"path":""}""", "")]
    [InlineData("", """{"path":"/caf\u00e9"}""", "/café")]
    [InlineData("", """{"path":"/café"}""", "/café")]
    [InlineData("", """{"path":"\/a\"b"}""", "/a\"b")]
    [InlineData("", """{"path" : "/b"}""", "/b")]
    [InlineData("", """{"path":7.50}""", "7.5")]
    [InlineData("", """{"path":true}""", "true")]
    [InlineData("", """{"path":["/a"]}""", """["/a"]""")]
    [InlineData("", """{"path":"a\u001fb"}""", "a\u001esb")]
    [InlineData("", """{"path":null}""", "Home")]
    [InlineData("", "", "Home")]
    public void The_page_is_the_path_in_the_context_else_in_the_properties_else_the_name(string context, string properties, string page)
    {
        Assert.Equal(page, View(context, properties));
        Assert.Equal(page, View(context, properties));
    }

    [Fact]
    public void A_long_page_is_cut_like_any_label()
    {
        foreach (var length in new[] { Limits.MaxLabelLength - 1, Limits.MaxLabelLength, Limits.MaxLabelLength + 1, 3 * Limits.MaxLabelLength })
        {
            var path = new string('p', length);
            Assert.Equal(BreakdownKey.From(path), View("", $$"""{"path":"{{path}}"}"""));
        }
    }

    [Theory]
    [InlineData("/one/page/of/its/own")]
    [InlineData("/日本/ページ")]
    public void Equal_pages_are_one_object_wherever_they_come_from(string path)
    {
        var page = View("", $$"""{"path":"{{path}}"}""");
        Assert.Same(page, View($$$"""{"page":{"path":"{{{path}}}"}}""", ""));
        Assert.Same(page, PageCache.Get(new string(path.AsSpan())));
    }

    private static string? View(string context, string properties) => PageOf.View(new PersonEvent(new AnalyticsEvent
    {
        Type = EventType.Page,
        Name = "Home",
        OccurredAt = 0,
        ReceivedAt = 0,
        MessageId = "m",
        Customer = CustomerId.User("u"),
        Context = JsonObjectSlice.FromText(context),
        Properties = JsonObjectSlice.FromText(properties),
    }, Traits.Empty, Traits.Empty));
}
