using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EventSourcedAnalytics.House.Tests;

/// <summary>Dependencies between the rooms run one way only.</summary>
public sealed partial class ArrowsTests
{
    // What a room may know. All that passes from Ingestion to Projecting is the log: neither knows the other.
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Analysis"] = [],
        ["EventLog"] = ["Analysis"],
        ["Projects"] = ["EventLog", "Analysis"],
        ["Ingestion"] = ["Projects", "EventLog", "Analysis"],
        ["Projecting"] = ["Projects", "EventLog", "Analysis"],
        ["Explorer"] = ["Projects", "EventLog", "Analysis"],
        ["Projections"] = ["Projecting", "Projects", "EventLog", "Analysis"],
        ["GraphQL"] = [],
        ["Api"] = ["GraphQL", "Projects", "Ingestion", "Projecting", "Projections", "Explorer", "EventLog", "Analysis"],
        ["Server"] = ["Api", "GraphQL", "Projects", "Ingestion", "Projecting", "Projections", "Explorer", "EventLog", "Analysis"],
    };

    private static IEnumerable<(string Room, string Folder, string Project)> Rooms =>
        from project in Repository.Projects
        where !project.StartsWith("tests/", StringComparison.Ordinal)
        select (Path.GetFileNameWithoutExtension(project), Path.GetDirectoryName(project)!.Replace('\\', '/'), project);

    [Fact]
    public void Every_room_has_its_place() =>
        Assert.Equal(MayKnow.Keys.Order(StringComparer.Ordinal), Rooms.Select(r => r.Room).Order(StringComparer.Ordinal));

    [Fact]
    public void A_project_references_only_rooms_that_it_may_know() =>
        Repository.AssertNone(
            from room in Rooms
            from reference in XDocument.Parse(Repository.Read(room.Project)).Descendants("ProjectReference")
            let target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))
            where !MayKnow[room.Room].Contains(target)
            select $"{room.Project}: {room.Room} must not know {target}",
            "Arrows between rooms run one way:");

    [Fact]
    public void Code_names_only_rooms_that_it_may_know() =>
        Repository.AssertNone(
            from room in Rooms
            from file in Repository.CSharp(room.Folder)
            from line in new SourceText(Repository.Read(file)).Code
            from Match mention in Mention().Matches(line.Text)
            let target = mention.Groups[1].Value
            where target != room.Room && !MayKnow[room.Room].Contains(target)
            select $"{file}:{line.Number}: {room.Room} must not know {target}",
            "Arrows between rooms run one way:");

    [Fact]
    public void A_file_lives_in_the_namespace_of_its_room() =>
        Repository.AssertNone(
            from room in Rooms
            from file in Repository.CSharp(room.Folder)
            let space = NamespaceLine().Match(Repository.Read(file))
            where space.Success && space.Groups[1].Value != room.Room
            select $"{file}: namespace of {space.Groups[1].Value}",
            "The namespace begins with the room's name:");

    [Fact]
    public void Analysis_has_no_package_and_GraphQL_none_but_the_framework() =>
        Repository.AssertNone(
            from room in new[] { "src/Analysis/Analysis.csproj", "src/GraphQL/GraphQL.csproj" }
            from package in XDocument.Parse(Repository.Read(room)).Descendants("PackageReference")
            select $"{room}: {package.Attribute("Include")?.Value}",
            "These rooms stand alone:");

    [GeneratedRegex(@"\bEventSourcedAnalytics\.([A-Z]\w*)")]
    private static partial Regex Mention();

    [GeneratedRegex(@"^namespace EventSourcedAnalytics\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
