namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>Files that lie beside the repository. Where they are absent a test says so instead of passing without a check.</summary>
internal static class Shared
{
    private static readonly string? Root = FindRoot();

    public static string? Path(string name) => Root is not null && File.Exists(System.IO.Path.Combine(Root, name)) ? System.IO.Path.Combine(Root, name) : null;

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "EventSourcedAnalytics.sln")))
                return folder.Parent is { } parent ? System.IO.Path.Combine(parent.FullName, "shared") : null;
        return null;
    }
}

/// <summary>A fact that needs a file beside the repository and is reported as skipped, with the file's name, where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(params string[] files)
    {
        var missing = files.FirstOrDefault(file => Shared.Path(file) is null);
        if (missing is not null) Skip = $"../shared/{missing} is absent";
    }
}
