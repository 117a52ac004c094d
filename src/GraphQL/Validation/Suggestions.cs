namespace EventSourcedAnalytics.GraphQL;

/// <summary>What the author of a document may have meant by an unknown name.</summary>
internal static class Suggestions
{
    /// <summary>" Did you mean ...?" or nothing.</summary>
    public static string DidYouMean(IReadOnlyList<string> names, string? what = null)
    {
        if (names.Count == 0)
            return "";
        var quoted = names.Take(Limits.MaxSuggestions).Select(name => $"\"{name}\"").ToArray();
        var list = quoted.Length switch
        {
            1 => quoted[0],
            2 => quoted[0] + " or " + quoted[1],
            _ => string.Join(", ", quoted[..^1]) + ", or " + quoted[^1],
        };
        return " Did you mean " + (what is null ? "" : what + " ") + list + "?";
    }

    /// <summary>The options within a typo's distance of the input, nearest first.</summary>
    public static IReadOnlyList<string> For(string input, IEnumerable<string> options)
    {
        var threshold = (int)(input.Length * 0.4) + 1;
        return options.Distinct()
            .Select(option => (option, distance: Distance(input, option, threshold)))
            .Where(candidate => candidate.distance <= threshold)
            .OrderBy(candidate => candidate.distance)
            .ThenBy(candidate => candidate.option, Comparer<string>.Create(NaturalCompare))
            .Select(candidate => candidate.option)
            .ToList();
    }

    /// <summary>Edits (insert, delete, substitute, swap neighbours) between two names; a difference of case alone counts as one.</summary>
    private static int Distance(string a, string b, int threshold)
    {
        if (a == b)
            return 0;
        a = a.ToLowerInvariant();
        b = b.ToLowerInvariant();
        if (a == b)
            return 1;
        if (Math.Abs(a.Length - b.Length) > threshold)
            return int.MaxValue;
        var cells = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            cells[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            cells[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var edits = Math.Min(Math.Min(cells[i - 1, j] + 1, cells[i, j - 1] + 1), cells[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    edits = Math.Min(edits, cells[i - 2, j - 2] + 1);
                cells[i, j] = edits;
            }
        }
        return cells[a.Length, b.Length];
    }

    /// <summary>Compares with runs of digits as numbers.</summary>
    public static int NaturalCompare(string a, string b)
    {
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                var (x, y) = (ReadNumber(a, ref i), ReadNumber(b, ref j));
                if (x != y)
                    return x.CompareTo(y);
            }
            else if (a[i] != b[j])
            {
                return a[i].CompareTo(b[j]);
            }
            else
            {
                i++;
                j++;
            }
        }
        return a.Length - b.Length;
    }

    private static double ReadNumber(string text, ref int position)
    {
        var number = 0.0;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
            number = number * 10 + (text[position++] - '0');
        return number;
    }
}
