namespace EventSourcedAnalytics.Projecting.Tests.Examples;

public sealed class GuideTests
{
    [Theory]
    [InlineData("csharp", "DevicesProjection.cs")]
    [InlineData("sql", "devices.sql")]
    public void The_guide_shows_the_example_as_it_is_compiled(string language, string file)
    {
        var root = FindRoot();
        var guide = File.ReadAllText(Path.Combine(root, "docs", "write-your-own-projection.md"));
        var example = File.ReadAllText(Path.Combine(root, "tests", "Projecting.Tests", "Examples", file));
        Assert.Contains($"```{language}\n{example}```\n", guide, StringComparison.Ordinal);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "EventSourcedAnalytics.sln"))) return folder.FullName;
        throw new InvalidOperationException("The repository isn't above the tests.");
    }
}
