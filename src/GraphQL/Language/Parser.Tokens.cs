namespace EventSourcedAnalytics.GraphQL.Language;

internal ref partial struct Parser
{
    private void Advance()
    {
        _token = Lookahead();
        if (_token.Kind != TokenKind.EndOfFile && ++_tokens > _maxTokens)
            throw Error(_token.Start, $"Document contains more than {_maxTokens} tokens. Parsing aborted.");
    }

    private readonly Token Lookahead() => _lexer.Next(_token.End);

    private readonly bool Peek(TokenKind kind) => _token.Kind == kind;

    private readonly bool PeekKeyword(string keyword) => _token.Kind == TokenKind.Name && _token.Value == keyword;

    private bool Skip(TokenKind kind)
    {
        if (!Peek(kind))
            return false;
        Advance();
        return true;
    }

    private bool SkipKeyword(string keyword)
    {
        if (!PeekKeyword(keyword))
            return false;
        Advance();
        return true;
    }

    private void SkipDescription()
    {
        if (Peek(TokenKind.String) || Peek(TokenKind.BlockString))
            Advance();
    }

    private Token Expect(TokenKind kind)
    {
        var token = _token;
        if (token.Kind != kind)
            throw Error(token.Start, $"Expected {Token.Describe(kind)}, found {token.Description}.");
        if (kind != TokenKind.EndOfFile)
            Advance();
        return token;
    }

    private void ExpectKeyword(string keyword)
    {
        if (!SkipKeyword(keyword))
            throw Error(_token.Start, $"Expected \"{keyword}\", found {_token.Description}.");
    }

    private void Deeper()
    {
        if (++_nesting > Limits.MaxNestingLevels)
            throw Error(_token.Start, $"Document is nested deeper than {Limits.MaxNestingLevels} levels. Parsing aborted.");
    }

    private readonly GraphQLSyntaxException Unexpected(Token token) => Error(token.Start, $"Unexpected {token.Description}.");

    private readonly GraphQLSyntaxException Error(int offset, string problem) => new(_source, offset, problem);
}
