using System.Data;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EventSourcedAnalytics.House.Tests;

/// <summary>The limits that docs/scale.md tells are those of the code that it names.</summary>
public sealed partial class LimitsInDocsTests
{
    [Fact]
    public void Each_limit_in_the_docs_has_the_value_that_it_has_in_the_code()
    {
        var (code, compared, wrong) = ("", 0, new List<string>());
        foreach (var (_, line) in Repository.Lines("docs/scale.md"))
        {
            if (Heading().Match(line) is { Success: true } heading) code = Repository.Read("docs/" + heading.Groups["file"].Value);
            if (Row().Match(line) is not { Success: true } row || code.Length == 0) continue;
            var (name, told) = (row.Groups["name"].Value, row.Groups["value"].Value);
            compared++;
            if (ValueOf(code, name) is var actual && actual != told) wrong.Add($"{name}: {told} in the docs, {actual ?? "nothing"} in the code");
        }
        Assert.True(compared > 100, $"only {compared} limits were found: the form of docs/scale.md changed");
        Repository.AssertNone(wrong, "A limit in docs/scale.md is another one in the code:");
    }

    private static string? ValueOf(string code, string name)
    {
        var found = Regex.Match(code, $@"^\s*(public|internal|private) [^=;({{\n]*\b{name}\b( \{{[^}}]*\}})? = (?<value>[^;]+);", RegexOptions.Multiline, TimeSpan.FromSeconds(1));
        if (!found.Success) return null;
        var value = found.Groups["value"].Value;
        if (Duration().Match(value) is not { Success: true } duration) return Number(value);
        var (count, unit) = (Number(duration.Groups["count"].Value), duration.Groups["unit"].Value.ToLowerInvariant());
        return count == "1" ? $"{count} {unit[..^1]}" : $"{count} {unit}";
    }

    // Products of whole numbers; thousands apart.
    private static string Number(string expression)
    {
        using var table = new DataTable { Locale = CultureInfo.InvariantCulture };
        var literal = Regex.Replace(expression.Replace("_", "", StringComparison.Ordinal), @"\d+L?", match => match.Value.TrimEnd('L') + ".0", RegexOptions.None, TimeSpan.FromSeconds(1));
        try { return Convert.ToDecimal(table.Compute(literal, null), CultureInfo.InvariantCulture).ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' '); }
        catch (Exception error) when (error is EvaluateException or SyntaxErrorException) { return expression; }
    }

    [GeneratedRegex(@"^### .*\]\((?<file>[^)]+\.cs)\)")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<value>[^|]+?) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"^TimeSpan\.From(?<unit>\w+)\((?<count>[^)]+)\)$")]
    private static partial Regex Duration();
}
