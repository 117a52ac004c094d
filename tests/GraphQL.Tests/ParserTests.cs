using System.Text;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Tests;

public class ParserTests
{
    private static DocumentNode Parse(string text) => Parser.ParseDocument(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("{", "Syntax Error: Expected Name, found <EOF>.", 1, 2)]
    [InlineData("{ f(a: 01) }", "Syntax Error: Invalid number, unexpected digit after 0: \"1\".", 1, 9)]
    [InlineData("{ é }", "Syntax Error: Unexpected character: U+00E9.", 1, 3)]
    [InlineData("{ a }\r\nquery é", "Syntax Error: Unexpected character: U+00E9.", 2, 7)]
    [InlineData("{ f(a: \"😀\", b: 'x') }", "Syntax Error: Unexpected single quote character ('), did you mean to use a double quote (\")?", 1, 17)]
    [InlineData("{ f(a: \"open) }", "Syntax Error: Unterminated string.", 1, 16)]
    [InlineData("query ($a: Int = $b) { f }", "Syntax Error: Unexpected variable \"$b\" in constant value.", 1, 18)]
    [InlineData("fragment on on X { a }", "Syntax Error: Unexpected Name \"on\".", 1, 10)]
    [InlineData("", "Syntax Error: Unexpected <EOF>.", 1, 1)]
    public void A_syntax_error_says_what_was_found_and_where(string text, string message, int line, int column)
    {
        var error = Assert.Throws<GraphQLSyntaxException>(() => Parse(text));
        Assert.Equal(message, error.Message);
        Assert.Equal(new SourceLocation(line, column), error.Location);
    }

    [Fact]
    public void Strings_mean_what_their_escapes_say()
    {
        var field = Field("""{ f(a: "é\n\u00e9\u{1F600}\uD83D\uDE00\"") }""");
        Assert.Equal("é\né😀😀\"", Assert.IsType<StringValueNode>(field.Arguments[0].Value).Value);
    }

    [Fact]
    public void Block_strings_lose_common_indentation()
    {
        var field = Field("{ f(a: \"\"\"\n    first\n      second \\\"\"\"\n\n    third\n  \"\"\") }");
        Assert.Equal("first\n  second \"\"\"\n\nthird", Assert.IsType<StringValueNode>(field.Arguments[0].Value).Value);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[")]
    public void Nesting_ends_in_an_error_and_not_in_the_stack(string brace)
    {
        var text = brace == "{" ? string.Concat(Enumerable.Repeat("{ a ", 100_000)) : "{ f(a: " + new string('[', 100_000);
        Assert.Contains("nested deeper", Assert.Throws<GraphQLSyntaxException>(() => Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_are_limited() =>
        Assert.Contains("more than 5 tokens", Assert.Throws<GraphQLSyntaxException>(() => Parser.ParseDocument("{ a b c d e }"u8.ToArray(), 5)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"\"\"short\"\"\"", "short")]
    [InlineData("\"\"\"\ntwo\nlines\n\"\"\"", "two\nlines")]
    [InlineData("\"\"\"\nends with \"\n\"\"\"", "ends with \"")]
    public void Block_strings_print_so_that_they_read_back(string printed, string value)
    {
        Assert.Equal(printed, BlockString.Print(value));
        Assert.Equal(value, BlockString.Dedent(printed[3..^3]));
    }

    private static FieldNode Field(string text)
    {
        var operation = Assert.IsType<OperationDefinitionNode>(Parse(text).Definitions[0]);
        return Assert.IsType<FieldNode>(operation.SelectionSet.Selections[0]);
    }
}
