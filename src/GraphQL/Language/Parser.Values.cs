namespace EventSourcedAnalytics.GraphQL.Language;

internal ref partial struct Parser
{
    private ValueNode ParseValue(bool isConst)
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.BracketLeft:
                return ParseList(isConst);
            case TokenKind.BraceLeft:
                return ParseObject(isConst);
            case TokenKind.Int:
                Advance();
                return new IntValueNode(token.Start, token.Value!);
            case TokenKind.Float:
                Advance();
                return new FloatValueNode(token.Start, token.Value!);
            case TokenKind.String or TokenKind.BlockString:
                Advance();
                return new StringValueNode(token.Start, token.Value!, token.Kind == TokenKind.BlockString);
            case TokenKind.Name:
                Advance();
                return token.Value switch
                {
                    "true" => new BooleanValueNode(token.Start, true),
                    "false" => new BooleanValueNode(token.Start, false),
                    "null" => new NullValueNode(token.Start),
                    _ => new EnumValueNode(token.Start, token.Value!),
                };
            case TokenKind.Dollar when isConst:
                Advance();
                throw Peek(TokenKind.Name)
                    ? Error(token.Start, $"Unexpected variable \"${_token.Value}\" in constant value.")
                    : Unexpected(token);
            case TokenKind.Dollar:
                return ParseVariable();
            default:
                throw Unexpected(token);
        }
    }

    private VariableNode ParseVariable()
    {
        var start = _token.Start;
        Expect(TokenKind.Dollar);
        return new VariableNode(start, ParseName());
    }

    private ListValueNode ParseList(bool isConst)
    {
        var start = _token.Start;
        Expect(TokenKind.BracketLeft);
        Deeper();
        var values = new List<ValueNode>();
        while (!Skip(TokenKind.BracketRight))
            values.Add(ParseValue(isConst));
        _nesting--;
        return new ListValueNode(start, values);
    }

    private ObjectValueNode ParseObject(bool isConst)
    {
        var start = _token.Start;
        Expect(TokenKind.BraceLeft);
        Deeper();
        var fields = new List<ObjectFieldNode>();
        while (!Skip(TokenKind.BraceRight))
        {
            var fieldStart = _token.Start;
            var name = ParseName();
            Expect(TokenKind.Colon);
            fields.Add(new ObjectFieldNode(fieldStart, name, ParseValue(isConst)));
        }
        _nesting--;
        return new ObjectValueNode(start, fields);
    }

    private TypeNode ParseType()
    {
        var start = _token.Start;
        TypeNode type;
        if (Skip(TokenKind.BracketLeft))
        {
            Deeper();
            var inner = ParseType();
            Expect(TokenKind.BracketRight);
            _nesting--;
            type = new ListTypeNode(start, inner);
        }
        else
        {
            type = ParseNamedType();
        }
        return Skip(TokenKind.Bang) ? new NonNullTypeNode(start, type) : type;
    }

    private NamedTypeNode ParseNamedType() => new(_token.Start, ParseName());

    private NameNode ParseName()
    {
        var token = Expect(TokenKind.Name);
        return new NameNode(token.Start, token.Value!);
    }
}
