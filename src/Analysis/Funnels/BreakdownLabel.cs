using System.Text;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// A breakdown value as one text: the values of its properties, each closed by a unit separator, so that it can be taken apart again
/// and that no value can be mistaken for the funnel as a whole, whose label is empty.
/// </summary>
public static class BreakdownLabel
{
    private const char Separator = '\u001F';
    private const char Escape = '\u001B';

    /// <summary>One text of several values.</summary>
    public static string Join(ReadOnlySpan<string> values)
    {
        if (values.Length == 1 && IsPlain(values[0])) return values[0] + Separator;
        var text = new StringBuilder();
        foreach (var value in values)
        {
            foreach (var c in value)
            {
                if (c is Separator or Escape) text.Append(Escape).Append((char)(c + 64));
                else text.Append(c);
            }
            text.Append(Separator);
        }
        return text.ToString();
    }

    /// <summary>The values of a label.</summary>
    public static IReadOnlyList<string> Split(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        var parts = label.Split(Separator);
        return [.. parts[..^1].Select(Unescape)];
    }

    /// <summary>Whether all values are missing.</summary>
    public static bool IsEmpty(string label)
    {
        foreach (var c in label) if (c != Separator) return false;
        return true;
    }

    private static bool IsPlain(string value) => value.AsSpan().IndexOfAny(Separator, Escape) < 0;

    private static string Unescape(string part)
    {
        if (IsPlain(part)) return part;
        var text = new StringBuilder();
        for (var i = 0; i < part.Length; i++) text.Append(part[i] == Escape ? (char)(part[++i] - 64) : part[i]);
        return text.ToString();
    }
}
