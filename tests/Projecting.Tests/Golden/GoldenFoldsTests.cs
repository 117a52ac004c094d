using EventSourcedAnalytics.Projecting.Tests.Harness;

namespace EventSourcedAnalytics.Projecting.Tests.Golden;

/// <summary>
/// A fold that changes without a new version would leave read models of which some persons were folded by the old rules and some by the new. So what the shipped folds
/// make of a fixed corpus is kept here with their versions.
/// </summary>
public sealed class GoldenFoldsTests
{
    private const string File = "tests/Projecting.Tests/Golden/hashes.txt";

    public static TheoryData<string> Projections => [.. World.Shipped.Select(projection => projection.Name)];

    [Theory]
    [MemberData(nameof(Projections))]
    public void A_fold_changes_only_with_its_version(string projection)
    {
        var stored = GoldenFold.Stored().Where(line => line.Projection == projection).ToDictionary(line => line.Definition);
        var now = GoldenFold.Now().Where(line => line.Projection == projection).ToList();
        Assert.NotEmpty(now);
        var version = now[0].Version;
        Assert.True(stored.Count > 0 && stored.Values.All(line => line.Version == version),
            $"{File} has no hashes of version {version} of '{projection}'. If the version was raised on purpose, put these lines in the place of the projection's:\n{string.Join("\n", now)}");
        foreach (var line in now)
        {
            Assert.True(stored.TryGetValue(line.Definition, out var was), $"{File} has no line for {line.Definition}: add\n{line}");
            Assert.True(was.Cells == line.Cells, $"""
                The fold of '{projection}' changed but its version is still {version}: raise the version, or, if the old numbers were never served, put the new line into {File}.
                was  {was}
                is   {line}
                """);
            Assert.True(was.States == line.States, $"""
                The stored state of '{projection}' changed but its version is still {version}: raise the version, or, if states that were written before are still read and go on to the same numbers, put the new line into {File}.
                was  {was}
                is   {line}
                """);
        }
        Assert.Equal(now.Select(line => line.Definition).Order(StringComparer.Ordinal), stored.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_definition_of_the_corpus_has_numbers() => Assert.All(GoldenFold.Now(), line => Assert.NotEqual(new string('0', 32), line.Cells));
}
