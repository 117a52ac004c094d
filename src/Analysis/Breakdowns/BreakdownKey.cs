using System.Text;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Breakdowns;

/// <summary>
/// The value of a breakdown as one text, which keys states and cells: the labels of its properties, cut to <see cref="Limits.MaxLabelLength"/> and joined
/// so that they can be told apart again. A missing property is the empty label.
/// </summary>
public sealed class BreakdownKey
{
    private const char Separator = '\u001f';
    private const char Escape = '\u001e';

    private readonly PropertyPath[] paths;

    /// <summary>A reader of the value of a breakdown.</summary>
    /// <exception cref="FormatException">A path has no known root.</exception>
    public BreakdownKey(Breakdown breakdown)
    {
        ArgumentNullException.ThrowIfNull(breakdown);
        paths = [.. breakdown.By.Select(PropertyPath.Parse)];
    }

    /// <summary>True if a path looks at the person's traits.</summary>
    public bool NeedsTraits => paths.Any(path => path.Root == PropertyRoot.Customer);

    /// <summary>The value on an event.</summary>
    public string Of(in PersonEvent e)
    {
        if (paths.Length == 1) return Part(e.Find(paths[0]).ToLabel());
        var key = new StringBuilder();
        for (var i = 0; i < paths.Length; i++)
        {
            if (i > 0) key.Append(Separator);
            key.Append(Part(e.Find(paths[i]).ToLabel()));
        }
        return key.ToString();
    }

    /// <summary>The key of labels as an answer shows them.</summary>
    public static string From(IReadOnlyList<string> labels) => string.Join(Separator, labels.Select(Part));

    /// <summary>The key of one label.</summary>
    public static string From(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return Part(label);
    }

    /// <summary>The labels of a key, one a property.</summary>
    public static IReadOnlyList<string> Labels(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return [.. key.Split(Separator).Select(part => part.Contains(Escape) ? Unescape(part) : part)];
    }

    // No part holds the separator, nor U+0000, which PostgreSQL cannot keep.
    private static string Part(string label)
    {
        if (label.Length > Limits.MaxLabelLength)
            label = label[..(char.IsHighSurrogate(label[Limits.MaxLabelLength - 1]) ? Limits.MaxLabelLength - 1 : Limits.MaxLabelLength)];
        return label.AsSpan().IndexOfAny('\0', Separator, Escape) < 0
            ? label
            : label.Replace("\u001e", "\u001ee", StringComparison.Ordinal).Replace("\u001f", "\u001es", StringComparison.Ordinal).Replace("\0", "\u001e0", StringComparison.Ordinal);
    }

    private static string Unescape(string part) =>
        part.Replace("\u001e0", "\0", StringComparison.Ordinal).Replace("\u001es", "\u001f", StringComparison.Ordinal).Replace("\u001ee", "\u001e", StringComparison.Ordinal);
}
