using System.Text;

namespace EventSourcedAnalytics.GraphQL.Language;

/// <summary>A place in a document: line and column, both counted from 1, columns in UTF-16 code units.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
public readonly record struct SourceLocation(int Line, int Column);

/// <summary>The UTF-8 text of a document. Places in it are byte offsets, which become lines and columns only when an error needs them.</summary>
internal sealed class Source(byte[] body)
{
    public ReadOnlySpan<byte> Body => body;

    public SourceLocation LocationOf(int offset)
    {
        var line = 1;
        var lineStart = 0;
        for (var i = 0; i < offset && i < body.Length; i++)
        {
            if (body[i] is not ((byte)'\n' or (byte)'\r'))
                continue;
            if (body[i] == '\r' && i + 1 < body.Length && body[i + 1] == '\n')
            {
                // An offset between the two bytes of a line end still belongs to the line they end.
                if (i + 1 >= offset)
                    break;
                i++;
            }
            line++;
            lineStart = i + 1;
        }
        return new SourceLocation(line, 1 + Encoding.UTF8.GetCharCount(body, lineStart, Math.Min(offset, body.Length) - lineStart));
    }
}
