using System.Text;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projects.Tests;

/// <summary>
/// What a project once decided must be read for ever as it is read today. A golden file <c>Golden/TYPE.vN.ndjson</c> holds pairs of lines: the JSON as stored in version N, and the
/// same event as it would be stored now, which says all that was read. Files of versions that were ever written are never deleted, and their first lines never change.
/// </summary>
public sealed class GoldenProjectEventsTests
{
    private const string Folder = "tests/Projects.Tests/Golden";

    private static readonly GoldenFiles Golden = new(typeof(GoldenProjectEventsTests).Assembly);

    public static TheoryData<string> Files => [.. Golden.Names];

    public static TheoryData<string> Types => [.. ProjectEventCodec.AllTypes];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_stored_decision_is_read_as_ever(string file)
    {
        var (type, version) = GoldenFiles.Parse(file);
        var lines = Golden.LinesOf(file);
        Assert.True(lines.Length > 0 && lines.Length % 2 == 0, $"{Folder}/{file} must hold pairs of lines: what is stored, and what it is read as.");
        for (var i = 0; i < lines.Length; i += 2)
        {
            Assert.True((int?)JsonNode.Parse(lines[i])!["v"] == version, $"{Folder}/{file}, line {i + 1} is not of version {version}.");
            var read = ProjectEventCodec.Decode(type, Encoding.UTF8.GetBytes(lines[i]));
            Assert.Equal(type, ProjectEventCodec.TypeOf(read));
            var now = Encoding.UTF8.GetString(ProjectEventCodec.Encode(read));
            Assert.True(now == lines[i + 1], $"""
                A stored '{type}' of version {version} is no longer read as it was ({Folder}/{file}, line {i + 1}): projects would change without a decision.
                stored  {lines[i]}
                was     {lines[i + 1]}
                is      {now}
                If a member was added whose default is what held before, replace line {i + 2} by the last of these lines and add a pair that has it. Otherwise bring the old meaning back, or raise the version.
                """);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_version_of_every_type_has_a_golden_file_that_holds_what_is_written_now(string type)
    {
        Assert.Equal(Enumerable.Range(1, ProjectEventCodec.CurrentVersion), Golden.VersionsOf(type));
        var lines = Golden.LinesOf($"{type}.v{ProjectEventCodec.CurrentVersion}.ndjson");
        Assert.True(lines.Where((line, i) => i % 2 == 0 && line == lines[i + 1]).Any(), $"{Folder}: no '{type}' is stored as it would be stored now; add a pair of such lines.");
    }
}
