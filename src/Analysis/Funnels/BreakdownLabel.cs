using EventSourcedAnalytics.Analysis.Breakdowns;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// A breakdown value as the text of a cell: a mark before the <see cref="BreakdownKey"/>, so that a missing value is not mistaken for the funnel as a
/// whole, whose text is empty.
/// </summary>
internal static class BreakdownLabel
{
    private const char Mark = '=';
    private const char Separator = '\u001f';

    /// <summary>The label of a key.</summary>
    public static string Of(string key) => Mark + key;

    /// <summary>The label of values as an answer shows them.</summary>
    public static string Join(IReadOnlyList<string> values) => Of(BreakdownKey.From(values));

    /// <summary>The values of a label.</summary>
    public static IReadOnlyList<string> Split(string label) => BreakdownKey.Labels(label[1..]);

    /// <summary>Whether all values are missing.</summary>
    public static bool IsEmpty(string label) => label.AsSpan(1).IndexOfAnyExcept(Separator) < 0;
}
