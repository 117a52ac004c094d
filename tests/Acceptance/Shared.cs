namespace EventSourcedAnalytics.Acceptance;

/// <summary>The directory beside the repository that holds neutral cases and real data.</summary>
internal static class Shared
{
    /// <summary>A directory in it; it may not exist.</summary>
    public static string Directory(string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "EventSourcedAnalytics.sln"))) root = root.Parent;
        return Path.Combine(root?.Parent?.FullName ?? "", "shared", name);
    }
}

/// <summary>A test that needs a directory beside the repository, and says so where it is absent.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string directory)
    {
        if (!Directory.Exists(Shared.Directory(directory))) Skip = $"../shared/{directory} is not there: nothing was checked.";
    }
}
