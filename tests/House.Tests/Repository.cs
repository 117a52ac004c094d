using System.Diagnostics;

namespace EventSourcedAnalytics.House.Tests;

/// <summary>The files of the repository, as the checks see them: what is tracked or would be.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "artifacts", ".git", ".data", "dist", "TestResults"];

    internal static string Root { get; } = FindRoot();

    /// <summary>Paths from the root, with slashes, in order.</summary>
    internal static IReadOnlyList<string> Files { get; } = [.. List().Where(f => File.Exists(Path.Combine(Root, f))).Order(StringComparer.Ordinal)];

    internal static IEnumerable<string> CSharp(string below) =>
        Files.Where(f => f.StartsWith(below + "/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal));

    internal static IEnumerable<string> Projects => Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));

    internal static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    internal static IEnumerable<(int Number, string Text)> Lines(string file) =>
        File.ReadLines(Path.Combine(Root, file)).Select((text, index) => (index + 1, text));

    /// <summary>Fails with the list of what was found, one a line.</summary>
    internal static void AssertNone(IEnumerable<string> found, string rule)
    {
        var list = found.ToList();
        Assert.True(list.Count == 0, $"{rule}\n  {string.Join("\n  ", list)}");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "EventSourcedAnalytics.sln")))
                return folder.FullName;
        throw new InvalidOperationException("The repository isn't above the tests.");
    }

    private static IEnumerable<string> List()
    {
        // A source archive has no .git: then every file counts that isn't made by a build.
        if (!Path.Exists(Path.Combine(Root, ".git")) || Git() is not { } tracked)
            return Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
                .Where(f => !f.Split('/').Any(NotOurs.Contains));
        return tracked.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string? Git()
    {
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
