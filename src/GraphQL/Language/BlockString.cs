using System.Text;

namespace EventSourcedAnalytics.GraphQL.Language;

/// <summary>What a block string means, and how a text is written as one.</summary>
internal static class BlockString
{
    private const int LongestSingleLine = 70;

    /// <summary>BlockStringValue: common indentation and blank first and last lines removed.</summary>
    public static string Dedent(string raw)
    {
        var lines = raw.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        var commonIndent = int.MaxValue;
        var first = -1;
        var last = -1;
        for (var i = 0; i < lines.Length; i++)
        {
            var indent = Indent(lines[i]);
            if (indent == lines[i].Length)
                continue;
            first = first < 0 ? i : first;
            last = i;
            if (i != 0)
                commonIndent = Math.Min(commonIndent, indent);
        }
        if (first < 0)
            return "";
        for (var i = 1; i < lines.Length; i++)
            lines[i] = lines[i][Math.Min(commonIndent, lines[i].Length)..];
        return string.Join('\n', lines[first..(last + 1)]);
    }

    /// <summary>Whether a text survives being written as a block string and read again.</summary>
    public static bool CanPrint(string value)
    {
        if (value.Length == 0)
            return true;
        if (value.Any(c => c < ' ' && c is not ('\n' or '\t')))
            return false;
        var lines = value.Split('\n');
        if (lines[0].Trim(' ', '\t').Length == 0 || lines[^1].Trim(' ', '\t').Length == 0)
            return false;
        return lines.Length == 1 || lines.Any(line => line.Trim(' ', '\t').Length > 0 && Indent(line) == 0);
    }

    /// <summary>The text between triple quotes, on lines of its own where that reads better.</summary>
    public static string Print(string value)
    {
        var escaped = value.Replace("\"\"\"", "\\\"\"\"", StringComparison.Ordinal);
        var lines = escaped.Split('\n');
        var trailingQuotes = escaped.EndsWith("\\\"\"\"", StringComparison.Ordinal);
        var leadingNewLine = lines.Length > 1 && lines.Skip(1).All(l => l.Length == 0 || l[0] is ' ' or '\t');
        var trailingNewLine = (value.EndsWith('"') && !trailingQuotes) || value.EndsWith('\\');
        var ownLines = lines.Length > 1 || value.Length > LongestSingleLine || trailingNewLine || leadingNewLine || trailingQuotes;
        var startsBlank = lines.Length == 1 && value.Length > 0 && value[0] is ' ' or '\t';
        var text = new StringBuilder("\"\"\"");
        if ((ownLines && !startsBlank) || leadingNewLine)
            text.Append('\n');
        text.Append(escaped);
        if (ownLines || trailingNewLine)
            text.Append('\n');
        return text.Append("\"\"\"").ToString();
    }

    private static int Indent(string line)
    {
        var indent = 0;
        while (indent < line.Length && line[indent] is ' ' or '\t')
            indent++;
        return indent;
    }
}
