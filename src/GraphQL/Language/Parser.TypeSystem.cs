namespace EventSourcedAnalytics.GraphQL.Language;

/// <summary>
/// A type system definition or extension. A request may not contain one, so that only its name is kept, for the error that says so;
/// its grammar is checked all the same.
/// </summary>
internal sealed class TypeSystemDefinitionNode(int start, string? name) : DefinitionNode(start)
{
    /// <summary>The name of what it defines; null for the schema.</summary>
    public string? Name { get; } = name;
}

internal ref partial struct Parser
{
    private TypeSystemDefinitionNode ParseTypeSystemDefinition()
    {
        var start = _token.Start;
        SkipDescription();
        return ParseTypeSystemBody(start, extension: false);
    }

    private TypeSystemDefinitionNode ParseTypeSystemExtension()
    {
        var start = _token.Start;
        var keyword = Lookahead();
        if (keyword is not { Kind: TokenKind.Name, Value: "schema" or "scalar" or "type" or "interface" or "union" or "enum" or "input" })
            throw Unexpected(keyword);
        ExpectKeyword("extend");
        return ParseTypeSystemBody(start, extension: true);
    }

    private TypeSystemDefinitionNode ParseTypeSystemBody(int start, bool extension)
    {
        var keyword = Expect(TokenKind.Name).Value;
        if (keyword == "directive")
            return ParseDirectiveDefinition(start);
        var name = keyword == "schema" ? null : ParseName().Value;
        var before = _token.Start;
        if (keyword is "type" or "interface" && SkipKeyword("implements"))
            ParseDelimited(TokenKind.Amp);
        ParseDirectives(isConst: true);
        switch (keyword)
        {
            case "schema":
                ParseOperationTypes(optional: extension);
                break;
            case "type" or "interface":
                ParseFieldsDefinition();
                break;
            case "union" when Skip(TokenKind.Equal):
                ParseDelimited(TokenKind.Pipe);
                break;
            case "enum":
                ParseEnumValues();
                break;
            case "input":
                ParseInputValues(TokenKind.BraceLeft, TokenKind.BraceRight);
                break;
        }
        if (extension && _token.Start == before)
            throw Unexpected(_token);
        return new TypeSystemDefinitionNode(start, name);
    }

    private void ParseOperationTypes(bool optional)
    {
        if (optional && !Peek(TokenKind.BraceLeft))
            return;
        Expect(TokenKind.BraceLeft);
        do
        {
            ParseOperationType();
            Expect(TokenKind.Colon);
            ParseNamedType();
        }
        while (!Skip(TokenKind.BraceRight));
    }

    private void ParseFieldsDefinition()
    {
        if (!Skip(TokenKind.BraceLeft))
            return;
        do
        {
            SkipDescription();
            ParseName();
            ParseInputValues(TokenKind.ParenLeft, TokenKind.ParenRight);
            Expect(TokenKind.Colon);
            ParseType();
            ParseDirectives(isConst: true);
        }
        while (!Skip(TokenKind.BraceRight));
    }

    private void ParseInputValues(TokenKind open, TokenKind close)
    {
        if (!Skip(open))
            return;
        do
        {
            SkipDescription();
            ParseName();
            Expect(TokenKind.Colon);
            ParseType();
            if (Skip(TokenKind.Equal))
                ParseValue(isConst: true);
            ParseDirectives(isConst: true);
        }
        while (!Skip(close));
    }

    private void ParseEnumValues()
    {
        if (!Skip(TokenKind.BraceLeft))
            return;
        do
        {
            SkipDescription();
            if (_token is { Kind: TokenKind.Name, Value: "true" or "false" or "null" })
                throw Error(_token.Start, $"{_token.Description} is reserved and cannot be used for an enum value.");
            ParseName();
            ParseDirectives(isConst: true);
        }
        while (!Skip(TokenKind.BraceRight));
    }

    private TypeSystemDefinitionNode ParseDirectiveDefinition(int start)
    {
        Expect(TokenKind.At);
        var name = ParseName().Value;
        ParseInputValues(TokenKind.ParenLeft, TokenKind.ParenRight);
        SkipKeyword("repeatable");
        ExpectKeyword("on");
        Skip(TokenKind.Pipe);
        do
        {
            var location = _token;
            ParseName();
            if (!DirectiveLocations.IsKnown(location.Value!))
                throw Unexpected(location);
        }
        while (Skip(TokenKind.Pipe));
        return new TypeSystemDefinitionNode(start, name);
    }

    private void ParseDelimited(TokenKind delimiter)
    {
        Skip(delimiter);
        do
            ParseNamedType();
        while (Skip(delimiter));
    }
}
