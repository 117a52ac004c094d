namespace EventSourcedAnalytics.GraphQL.Language;

/// <summary>Recursive descent over the tokens of a document. Section 2 of the specification; methods carry the names of its grammar.</summary>
internal ref partial struct Parser
{
    private readonly Source _source;
    private readonly Lexer _lexer;
    private readonly int _maxTokens;
    private Token _token;
    private int _tokens;
    private int _nesting;

    private Parser(Source source, int maxTokens)
    {
        _source = source;
        _lexer = new Lexer(source);
        _maxTokens = maxTokens;
        _token = new Token(TokenKind.StartOfFile, 0, 0, null);
    }

    /// <summary>Parses a document.</summary>
    /// <exception cref="GraphQLSyntaxException">It is not GraphQL, or has more than <paramref name="maxTokens"/> tokens.</exception>
    public static DocumentNode ParseDocument(byte[] utf8, int maxTokens = int.MaxValue)
    {
        var source = new Source(utf8);
        var parser = new Parser(source, maxTokens);
        parser.Advance();
        var definitions = new List<DefinitionNode>();
        do
            definitions.Add(parser.ParseDefinition());
        while (parser._token.Kind != TokenKind.EndOfFile);
        return new DocumentNode(source, definitions);
    }

    /// <summary>Parses a value without variables, such as a default value.</summary>
    public static ValueNode ParseConstValue(byte[] utf8)
    {
        var parser = new Parser(new Source(utf8), int.MaxValue);
        parser.Advance();
        var value = parser.ParseValue(isConst: true);
        parser.Expect(TokenKind.EndOfFile);
        return value;
    }

    private DefinitionNode ParseDefinition()
    {
        if (Peek(TokenKind.BraceLeft))
            return ParseOperationDefinition();
        var described = Peek(TokenKind.String) || Peek(TokenKind.BlockString);
        var keyword = described ? Lookahead() : _token;
        if (described && keyword.Kind == TokenKind.BraceLeft)
            throw Error(_token.Start, "Unexpected description, descriptions are not supported on shorthand queries.");
        if (keyword.Kind != TokenKind.Name)
            throw Unexpected(keyword);
        switch (keyword.Value)
        {
            case "query" or "mutation" or "subscription":
                return ParseOperationDefinition();
            case "fragment":
                return ParseFragmentDefinition();
            case "schema" or "scalar" or "type" or "interface" or "union" or "enum" or "input" or "directive":
                return ParseTypeSystemDefinition();
        }
        if (described)
            throw Error(_token.Start, "Unexpected description, only GraphQL definitions support descriptions.");
        return keyword.Value == "extend" ? ParseTypeSystemExtension() : throw Unexpected(keyword);
    }

    private OperationDefinitionNode ParseOperationDefinition()
    {
        var start = _token.Start;
        if (Peek(TokenKind.BraceLeft))
            return new OperationDefinitionNode(start, OperationType.Query, null, [], [], ParseSelectionSet());
        SkipDescription();
        var operation = ParseOperationType();
        var name = Peek(TokenKind.Name) ? ParseName() : null;
        var variables = new List<VariableDefinitionNode>();
        if (Skip(TokenKind.ParenLeft))
        {
            do
                variables.Add(ParseVariableDefinition());
            while (!Skip(TokenKind.ParenRight));
        }
        return new OperationDefinitionNode(start, operation, name, variables, ParseDirectives(isConst: false), ParseSelectionSet());
    }

    private OperationType ParseOperationType()
    {
        var token = Expect(TokenKind.Name);
        return token.Value switch
        {
            "query" => OperationType.Query,
            "mutation" => OperationType.Mutation,
            "subscription" => OperationType.Subscription,
            _ => throw Unexpected(token),
        };
    }

    private VariableDefinitionNode ParseVariableDefinition()
    {
        var start = _token.Start;
        SkipDescription();
        var variable = ParseVariable();
        Expect(TokenKind.Colon);
        var type = ParseType();
        var defaultValue = Skip(TokenKind.Equal) ? ParseValue(isConst: true) : null;
        return new VariableDefinitionNode(start, variable, type, defaultValue, ParseDirectives(isConst: true));
    }

    private SelectionSetNode ParseSelectionSet()
    {
        var start = _token.Start;
        Expect(TokenKind.BraceLeft);
        Deeper();
        var selections = new List<SelectionNode>();
        do
            selections.Add(Peek(TokenKind.Spread) ? ParseFragment() : ParseField());
        while (!Skip(TokenKind.BraceRight));
        _nesting--;
        return new SelectionSetNode(start, selections);
    }

    private FieldNode ParseField()
    {
        var start = _token.Start;
        var name = ParseName();
        NameNode? alias = null;
        if (Skip(TokenKind.Colon))
        {
            alias = name;
            name = ParseName();
        }
        return new FieldNode(start, alias, name, ParseArguments(isConst: false), ParseDirectives(isConst: false),
            Peek(TokenKind.BraceLeft) ? ParseSelectionSet() : null);
    }

    private SelectionNode ParseFragment()
    {
        var start = _token.Start;
        Expect(TokenKind.Spread);
        var conditional = SkipKeyword("on");
        if (!conditional && Peek(TokenKind.Name))
            return new FragmentSpreadNode(start, ParseFragmentName(), ParseDirectives(isConst: false));
        return new InlineFragmentNode(start, conditional ? ParseNamedType() : null, ParseDirectives(isConst: false), ParseSelectionSet());
    }

    private FragmentDefinitionNode ParseFragmentDefinition()
    {
        var start = _token.Start;
        SkipDescription();
        ExpectKeyword("fragment");
        var name = ParseFragmentName();
        ExpectKeyword("on");
        return new FragmentDefinitionNode(start, name, ParseNamedType(), ParseDirectives(isConst: false), ParseSelectionSet());
    }

    private NameNode ParseFragmentName() => _token is { Kind: TokenKind.Name, Value: "on" } ? throw Unexpected(_token) : ParseName();

    private List<ArgumentNode> ParseArguments(bool isConst)
    {
        var arguments = new List<ArgumentNode>();
        if (!Skip(TokenKind.ParenLeft))
            return arguments;
        do
        {
            var start = _token.Start;
            var name = ParseName();
            Expect(TokenKind.Colon);
            arguments.Add(new ArgumentNode(start, name, ParseValue(isConst)));
        }
        while (!Skip(TokenKind.ParenRight));
        return arguments;
    }

    private List<DirectiveNode> ParseDirectives(bool isConst)
    {
        var directives = new List<DirectiveNode>();
        while (Peek(TokenKind.At))
        {
            var start = _token.Start;
            Advance();
            directives.Add(new DirectiveNode(start, ParseName(), ParseArguments(isConst)));
        }
        return directives;
    }
}
