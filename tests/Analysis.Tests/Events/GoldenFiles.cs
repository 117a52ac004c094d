using System.Globalization;
using System.Text.RegularExpressions;

namespace EventSourcedAnalytics.Analysis.Tests.Events;

/// <summary>The golden files, as they were when the tests were built.</summary>
internal static partial class GoldenFiles
{
    private const string Prefix = "golden/";

    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(GoldenFiles).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).Order(StringComparer.Ordinal)];

    public static (string Type, int Version) Parse(string file)
    {
        var match = FileName().Match(file);
        Assert.True(match.Success, $"'{file}' is no name of a golden file: TYPE.vN.ndjson.");
        return (match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>The lines; none if there is no such file.</summary>
    public static string[] LinesOf(string file)
    {
        using var stream = typeof(GoldenFiles).Assembly.GetManifestResourceStream(Prefix + file);
        if (stream is null) return [];
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"^([a-z_]+)\.v(\d+)\.ndjson$")]
    private static partial Regex FileName();
}
