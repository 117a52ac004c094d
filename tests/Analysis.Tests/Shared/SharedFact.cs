namespace EventSourcedAnalytics.Analysis.Tests.Shared;

/// <summary>Where the neutral cases and data lie: <c>../shared</c> beside the repository, or the directory that ANALYTICS_SHARED names.</summary>
internal static class SharedDirectory
{
    public static string? Path { get; } = Find();

    public static string File(string relative) => System.IO.Path.Combine(Path ?? throw new DirectoryNotFoundException("The shared cases are absent."), relative);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ANALYTICS_SHARED") is { Length: > 0 } named) return named;
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var shared = System.IO.Path.Combine(directory.FullName, "shared");
            if (Directory.Exists(System.IO.Path.Combine(shared, "cases"))) return shared;
        }
        return null;
    }
}

/// <summary>A test on the shared cases or data; reported as skipped, with this reason, where they are absent.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (SharedDirectory.Path is null) Skip = "SKIPPED: no ../shared directory with cases and data; set ANALYTICS_SHARED to where it is.";
    }
}

/// <summary>A theory on the shared cases; reported as skipped where they are absent.</summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute()
    {
        if (SharedDirectory.Path is null) Skip = "SKIPPED: no ../shared directory with cases and data; set ANALYTICS_SHARED to where it is.";
    }
}
