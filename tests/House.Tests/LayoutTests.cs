using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EventSourcedAnalytics.House.Tests;

/// <summary>Everything is where one looks for it, and nothing of the machine it was written on is left in it.</summary>
public sealed partial class LayoutTests
{
    // From this many files on a room holds things that could grow.
    private const int FilesOfARoomWithLimits = 10;

    private static readonly string[] TextFiles =
    [
        ".cs", ".csproj", ".props", ".sln", ".sql", ".md", ".json", ".yml", ".yaml", ".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".sh", ".graphql", ".proto", "",
    ];

    private static IEnumerable<string> Offending(Regex offends, Func<string, bool> isLookedAt) =>
        from file in Repository.Files
        where TextFiles.Contains(Path.GetExtension(file)) && isLookedAt(file) && !file.EndsWith("/LayoutTests.cs", StringComparison.Ordinal)
        from line in Repository.Lines(file)
        where offends.IsMatch(line.Text)
        select $"{file}:{line.Number}: {line.Text.Trim()}";

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("EventSourcedAnalytics.sln").Replace('\\', '/');
        Repository.AssertNone(Repository.Projects.Where(p => !solution.Contains($"\"{p}\"", StringComparison.Ordinal)), "Not in the solution:");
    }

    [Fact]
    public void Package_versions_stand_in_one_file() =>
        Repository.AssertNone(
            from project in Repository.Projects
            from package in XDocument.Parse(Repository.Read(project)).Descendants("PackageReference")
            where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null || package.Element("Version") is not null
            select $"{project}: {package.Attribute("Include")?.Value}",
            "Versions belong into Directory.Packages.props:");

    [Fact]
    public void Every_projection_has_the_same_shape() =>
        Repository.AssertNone(
            from folder in Repository.Files.Where(f => f.StartsWith("projections/", StringComparison.Ordinal) && f.Count(c => c == '/') == 2)
                .Select(f => f.Split('/')[1]).Distinct()
            from file in new[] { $"{folder}Projection.cs", $"{folder.ToLowerInvariant()}.sql", "README.md" }
            let path = $"projections/{folder}/{file}"
            where !Repository.Files.Contains(path)
            select path,
            "Missing:");

    [Fact]
    public void Every_grown_room_names_its_limits() =>
        Repository.AssertNone(
            from room in Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(d => "src/" + Path.GetFileName(d))
            where Repository.CSharp(room).Count() >= FilesOfARoomWithLimits && !Repository.Files.Contains(room + "/Limits.cs")
            select room + "/Limits.cs",
            "Missing:");

    [Fact]
    public void No_file_names_a_path_of_some_machine() =>
        Repository.AssertNone(Offending(MachinePath(), _ => true), "Paths of one machine:");

    [Fact]
    public void No_file_names_a_package_registry() =>
        Repository.AssertNone(Offending(RegistryHost(), _ => true), "Where packages come from is the machine's setting:");

    [Fact]
    public void Links_between_documents_lead_somewhere() =>
        Repository.AssertNone(
            from file in Repository.Files
            where file.EndsWith(".md", StringComparison.Ordinal)
            from line in Repository.Lines(file)
            from Match link in Link().Matches(line.Text)
            let target = link.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, Uri.UnescapeDataString(target)))
            select $"{file}:{line.Number}: {target}",
            "Broken links:");

    [GeneratedRegex(@"(?<![\w.:/$}*-])/(work|root|Users|home/\w+)(?![\w-])|(?<![\w.:/$}*-])/tmp/\w")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"registry\.npmjs\.|\bnuget\.org/v3|api\.nuget\.org|registry\.yarnpkg|deb\.debian\.org|^\s*""resolved"": ""http")]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
