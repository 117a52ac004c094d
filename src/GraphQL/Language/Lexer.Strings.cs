using System.Text;

namespace EventSourcedAnalytics.GraphQL.Language;

internal ref partial struct Lexer
{
    private readonly Token ReadString(int start)
    {
        var value = new StringBuilder();
        var position = start + 1;
        while (position < _body.Length)
        {
            var plain = _body[position..].IndexOfAny("\"\\\n\r"u8);
            var stop = plain < 0 ? _body.Length : position + plain;
            value.Append(Text(position, stop));
            position = stop;
            if (At(position) == '"')
                return new Token(TokenKind.String, start, position + 1, value.ToString());
            if (At(position) != '\\')
                break;
            position = ReadEscape(position, value);
        }
        throw Error(position, "Unterminated string.");
    }

    private readonly int ReadEscape(int position, StringBuilder value)
    {
        var c = At(position + 1);
        if (c == 'u')
            return At(position + 2) == '{' ? ReadVariableWidthEscape(position, value) : ReadFixedWidthEscape(position, value);
        var simple = c switch
        {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => throw Error(position, $"Invalid character escape sequence: \"{Slice(position, 2)}\"."),
        };
        value.Append(simple);
        return position + 2;
    }

    /// <summary><c>\u{...}</c>: any Unicode scalar value, of 1 to 8 hexadecimal digits.</summary>
    private readonly int ReadVariableWidthEscape(int position, StringBuilder value)
    {
        const int LongestEscape = 12;
        long point = 0;
        var size = 3;
        while (size < LongestEscape)
        {
            var c = At(position + size++);
            if (c == '}')
            {
                if (size < 5 || !Rune.IsValid((int)point))
                    break;
                value.Append(new Rune((int)point).ToString());
                return position + size;
            }
            var digit = HexDigit(c);
            point = (point << 4) | (uint)digit;
            if (digit < 0 || point > int.MaxValue)
                break;
        }
        throw Error(position, $"Invalid Unicode escape sequence: \"{Slice(position, size)}\".");
    }

    /// <summary><c>\uXXXX</c>, where two of them may form a surrogate pair.</summary>
    private readonly int ReadFixedWidthEscape(int position, StringBuilder value)
    {
        var code = Hex4(position + 2);
        if (code >= 0 && !char.IsSurrogate((char)code))
        {
            value.Append((char)code);
            return position + 6;
        }
        if (code >= 0 && char.IsHighSurrogate((char)code) && At(position + 6) == '\\' && At(position + 7) == 'u')
        {
            var trailing = Hex4(position + 8);
            if (trailing >= 0 && char.IsLowSurrogate((char)trailing))
            {
                value.Append((char)code).Append((char)trailing);
                return position + 12;
            }
        }
        throw Error(position, $"Invalid Unicode escape sequence: \"{Slice(position, 6)}\".");
    }

    private readonly Token ReadBlockString(int start)
    {
        var raw = new StringBuilder();
        var position = start + 3;
        while (position < _body.Length)
        {
            var plain = _body[position..].IndexOfAny((byte)'"', (byte)'\\');
            var stop = plain < 0 ? _body.Length : position + plain;
            raw.Append(Text(position, stop));
            position = stop;
            if (_body[position..].StartsWith("\"\"\""u8))
                return new Token(TokenKind.BlockString, start, position + 3, BlockString.Dedent(raw.ToString()));
            if (_body[position..].StartsWith("\\\"\"\""u8))
            {
                raw.Append("\"\"\"");
                position += 4;
            }
            else if (position < _body.Length)
            {
                raw.Append((char)_body[position]);
                position++;
            }
        }
        throw Error(position, "Unterminated string.");
    }

    private readonly int Hex4(int position)
    {
        var code = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = HexDigit(At(position + i));
            if (digit < 0)
                return -1;
            code = (code << 4) | digit;
        }
        return code;
    }

    private static int HexDigit(int c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'A' and <= 'F' => c - 'A' + 10,
        >= 'a' and <= 'f' => c - 'a' + 10,
        _ => -1,
    };

    /// <summary>The next <paramref name="units"/> UTF-16 code units, as an error message quotes them.</summary>
    private readonly string Slice(int position, int units)
    {
        var rest = Text(position, Math.Min(_body.Length, position + units * 4));
        return rest.Length <= units ? rest : rest[..units];
    }
}
