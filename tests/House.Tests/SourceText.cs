using System.Text;

namespace EventSourcedAnalytics.House.Tests;

/// <summary>A C# file, taken apart into code and comments, line by line; texts in quotes are in neither.</summary>
internal sealed class SourceText
{
    private readonly string text;
    private readonly StringBuilder code = new();
    private readonly StringBuilder comments = new();
    private int at;

    internal SourceText(string text)
    {
        this.text = text;
        while (at < text.Length)
            Step();
    }

    /// <summary>The code alone; the rest is blank.</summary>
    internal IEnumerable<(int Number, string Text)> Code => Numbered(code);

    /// <summary>The comments alone, with their marks; the rest is blank.</summary>
    internal IEnumerable<(int Number, string Text)> Comments => Numbered(comments).Where(l => !string.IsNullOrWhiteSpace(l.Text));

    private static IEnumerable<(int Number, string Text)> Numbered(StringBuilder from) =>
        from.ToString().Split('\n').Select((line, index) => (index + 1, line));

    private void Step()
    {
        if (Here("//"))
            Take(comments, () => text[at] != '\n');
        else if (Here("/*"))
            TakeUntil(comments, "*/", at + 2);
        else if (Here("\"\"\""))
            TakeUntil(null, new string('"', Quotes()), at + Quotes());
        else if (Here("@\"") || Here("$@\"") || Here("@$\""))
            TakeVerbatim();
        else if (text[at] == '"')
            TakeQuoted('"');
        else if (text[at] == '\'')
            TakeQuoted('\'');
        else
            Put(code);
    }

    private bool Here(string mark) => string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0;

    private int Quotes()
    {
        var count = 0;
        while (at + count < text.Length && text[at + count] == '"')
            count++;
        return count;
    }

    private void Take(StringBuilder? to, Func<bool> goesOn)
    {
        while (at < text.Length && goesOn())
            Put(to);
    }

    private void TakeUntil(StringBuilder? to, string end, int from)
    {
        var found = text.IndexOf(end, from, StringComparison.Ordinal);
        var stop = found < 0 ? text.Length : found + end.Length;
        Take(to, () => at < stop);
    }

    private void TakeVerbatim()
    {
        Take(null, () => text[at] != '"');
        Put(null);
        while (at < text.Length)
        {
            if (Here("\"\""))
                Put(null);
            else if (text[at] == '"')
                break;
            Put(null);
        }
        if (at < text.Length)
            Put(null);
    }

    private void TakeQuoted(char quote)
    {
        Put(null);
        while (at < text.Length && text[at] != quote && text[at] != '\n')
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                Put(null);
            Put(null);
        }
        if (at < text.Length && text[at] == quote)
            Put(null);
    }

    // Moves on by one character, which goes to one of the two; the other gets a blank, so that both keep their lines.
    private void Put(StringBuilder? to)
    {
        var letter = text[at++];
        code.Append(letter == '\n' || to == code ? letter : ' ');
        comments.Append(letter == '\n' || to == comments ? letter : ' ');
    }
}
