using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace EventSourcedAnalytics.Testing;

/// <summary>The golden files of a test assembly, as they were when it was built: resources <c>golden/TYPE.vN.ndjson</c>, one for each version of a type of stored events.</summary>
/// <param name="assembly">The assembly.</param>
public sealed partial class GoldenFiles(Assembly assembly)
{
    private const string Prefix = "golden/";

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names { get; } =
        [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>The versions of a type that have a file, the oldest first.</summary>
    public IReadOnlyList<int> VersionsOf(string type) => [.. Names.Select(Parse).Where(golden => golden.Type == type).Select(golden => golden.Version).Order()];

    /// <summary>What a file is of.</summary>
    /// <exception cref="FormatException">It has another name.</exception>
    public static (string Type, int Version) Parse(string file)
    {
        var match = FileName().Match(file);
        if (!match.Success) throw new FormatException($"'{file}' is no name of a golden file: TYPE.vN.ndjson.");
        return (match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>The lines; none if there is no such file.</summary>
    public string[] LinesOf(string file)
    {
        using var stream = assembly.GetManifestResourceStream(Prefix + file);
        if (stream is null) return [];
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"^([a-z_]+)\.v(\d+)\.ndjson$")]
    private static partial Regex FileName();
}
