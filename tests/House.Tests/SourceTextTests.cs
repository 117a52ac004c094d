namespace EventSourcedAnalytics.House.Tests;

public sealed class SourceTextTests
{
    [Theory]
    [InlineData("a(\"x // y\"); // why", "a(        );", "// why")]
    [InlineData("/* b */ c", "c", "/* b */")]
    [InlineData("var s = @\"a\"\"b\"; d", "var s =        ; d", "")]
    [InlineData("e('\"', \"\\\"\"); f", "e(   ,     ); f", "")]
    [InlineData("g(\"\"\" h \"i\" \"\"\"); j", "g(             ); j", "")]
    public void Code_comments_and_texts_are_told_apart(string text, string code, string comment)
    {
        var source = new SourceText(text);
        Assert.Equal(code, source.Code.Single().Text.Trim());
        Assert.Equal(comment, string.Concat(source.Comments.Select(c => c.Text.Trim())));
    }
}
