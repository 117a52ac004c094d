using System.IO.Compression;
using System.Text.Json.Nodes;

namespace EventSourcedAnalytics.Acceptance.Harness;

/// <summary>The real event streams beside the repository.</summary>
internal static class RealData
{
    /// <summary>False where they are absent; tests that need them are skipped then, and fixtures do nothing.</summary>
    public static bool IsThere => Directory.Exists(Shared.Directory("data"));

    /// <summary>The full path of a file.</summary>
    public static string PathOf(string name) => Path.Combine(Shared.Directory("data"), name);

    /// <summary>The lines of a packed file.</summary>
    public static string[] Lines(string name)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(PathOf(name)), CompressionMode.Decompress));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return [.. lines];
    }

    /// <summary>The numbers that must come out.</summary>
    public static JsonNode Expected(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name)))!;
}
