using System.Globalization;
using System.Text;

namespace EventSourcedAnalytics.GraphQL.Language;

/// <summary>Cuts the UTF-8 text of a document into tokens. Section 2.1 of the specification.</summary>
internal ref partial struct Lexer(Source source)
{
    private readonly ReadOnlySpan<byte> _body = source.Body;
    private readonly Source _source = source;

    /// <summary>The first token at or after <paramref name="position"/>, ignored tokens skipped.</summary>
    public readonly Token Next(int position)
    {
        position = SkipIgnored(position);
        if (position >= _body.Length)
            return new Token(TokenKind.EndOfFile, _body.Length, _body.Length, null);
        var c = _body[position];
        var punctuator = Punctuator(c);
        if (punctuator != TokenKind.EndOfFile)
            return new Token(punctuator, position, position + 1, null);
        if (c == '.' && At(position + 1) == '.' && At(position + 2) == '.')
            return new Token(TokenKind.Spread, position, position + 3, null);
        if (c == '"')
            return At(position + 1) == '"' && At(position + 2) == '"' ? ReadBlockString(position) : ReadString(position);
        if (IsDigit(c) || c == '-')
            return ReadNumber(position);
        if (IsNameStart(c))
            return ReadName(position);
        throw Error(position, c == '\''
            ? "Unexpected single quote character ('), did you mean to use a double quote (\")?"
            : $"Unexpected character: {PrintCodePoint(position)}.");
    }

    private readonly int SkipIgnored(int position)
    {
        while (position < _body.Length)
        {
            switch (_body[position])
            {
                case (byte)' ' or (byte)'\t' or (byte)',' or (byte)'\n' or (byte)'\r':
                    position++;
                    continue;
                case 0xEF when At(position + 1) == 0xBB && At(position + 2) == 0xBF:
                    position += 3;
                    continue;
                case (byte)'#':
                    var end = _body[position..].IndexOfAny((byte)'\n', (byte)'\r');
                    position = end < 0 ? _body.Length : position + end;
                    continue;
            }
            break;
        }
        return position;
    }

    private static TokenKind Punctuator(byte c) => c switch
    {
        (byte)'!' => TokenKind.Bang,
        (byte)'$' => TokenKind.Dollar,
        (byte)'&' => TokenKind.Amp,
        (byte)'(' => TokenKind.ParenLeft,
        (byte)')' => TokenKind.ParenRight,
        (byte)':' => TokenKind.Colon,
        (byte)'=' => TokenKind.Equal,
        (byte)'@' => TokenKind.At,
        (byte)'[' => TokenKind.BracketLeft,
        (byte)']' => TokenKind.BracketRight,
        (byte)'{' => TokenKind.BraceLeft,
        (byte)'|' => TokenKind.Pipe,
        (byte)'}' => TokenKind.BraceRight,
        _ => TokenKind.EndOfFile,
    };

    private readonly Token ReadName(int start)
    {
        var end = start + 1;
        while (IsNameStart(At(end)) || IsDigit(At(end)))
            end++;
        return new Token(TokenKind.Name, start, end, Text(start, end));
    }

    private readonly Token ReadNumber(int start)
    {
        var position = start;
        var isFloat = false;
        if (At(position) == '-')
            position++;
        if (At(position) == '0')
        {
            position++;
            if (IsDigit(At(position)))
                throw Error(position, $"Invalid number, unexpected digit after 0: {PrintCodePoint(position)}.");
        }
        else
        {
            position = ReadDigits(position);
        }
        if (At(position) == '.')
        {
            isFloat = true;
            position = ReadDigits(position + 1);
        }
        if (At(position) is 'e' or 'E')
        {
            isFloat = true;
            position++;
            if (At(position) is '+' or '-')
                position++;
            position = ReadDigits(position);
        }
        if (At(position) == '.' || IsNameStart(At(position)))
            throw Error(position, $"Invalid number, expected digit but got: {PrintCodePoint(position)}.");
        return new Token(isFloat ? TokenKind.Float : TokenKind.Int, start, position, Text(start, position));
    }

    private readonly int ReadDigits(int position)
    {
        if (!IsDigit(At(position)))
            throw Error(position, $"Invalid number, expected digit but got: {PrintCodePoint(position)}.");
        while (IsDigit(At(position)))
            position++;
        return position;
    }

    private readonly string PrintCodePoint(int position)
    {
        if (position >= _body.Length)
            return "<EOF>";
        Rune.DecodeFromUtf8(_body[position..], out var rune, out _);
        if (rune.Value == '"')
            return "'\"'";
        return rune.Value is >= 0x20 and <= 0x7E
            ? $"\"{rune}\""
            : "U+" + rune.Value.ToString("X4", CultureInfo.InvariantCulture);
    }

    /// <summary>The byte at a position, or -1 past the end.</summary>
    private readonly int At(int position) => position < _body.Length ? _body[position] : -1;

    private readonly string Text(int start, int end) => Encoding.UTF8.GetString(_body[start..end]);

    private readonly GraphQLSyntaxException Error(int position, string problem) => new(_source, position, problem);

    private static bool IsDigit(int c) => c is >= '0' and <= '9';

    private static bool IsNameStart(int c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';
}
