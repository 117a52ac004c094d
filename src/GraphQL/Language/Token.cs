namespace EventSourcedAnalytics.GraphQL.Language;

/// <summary>The lexical tokens of the grammar, ignored tokens left out.</summary>
internal enum TokenKind
{
    StartOfFile, EndOfFile, Bang, Dollar, Amp, ParenLeft, ParenRight, Spread, Colon, Equal, At, BracketLeft, BracketRight,
    BraceLeft, Pipe, BraceRight, Name, Int, Float, String, BlockString,
}

/// <summary>A token: what it is, the bytes it takes, and its text where it has one.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string? Value)
{
    /// <summary>How an error message calls this token.</summary>
    public string Description => Value is null ? Describe(Kind) : $"{Describe(Kind)} \"{Value}\"";

    /// <summary>How an error message calls a token of this kind.</summary>
    public static string Describe(TokenKind kind) => kind switch
    {
        TokenKind.StartOfFile => "<SOF>",
        TokenKind.EndOfFile => "<EOF>",
        TokenKind.Bang => "\"!\"",
        TokenKind.Dollar => "\"$\"",
        TokenKind.Amp => "\"&\"",
        TokenKind.ParenLeft => "\"(\"",
        TokenKind.ParenRight => "\")\"",
        TokenKind.Spread => "\"...\"",
        TokenKind.Colon => "\":\"",
        TokenKind.Equal => "\"=\"",
        TokenKind.At => "\"@\"",
        TokenKind.BracketLeft => "\"[\"",
        TokenKind.BracketRight => "\"]\"",
        TokenKind.BraceLeft => "\"{\"",
        TokenKind.Pipe => "\"|\"",
        TokenKind.BraceRight => "\"}\"",
        _ => kind.ToString(),
    };
}
