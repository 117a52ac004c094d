namespace EventSourcedAnalytics.Acceptance.Browser;

/// <summary>A test that needs a Chromium, and says so where there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    public BrowserFactAttribute()
    {
        if (Program is null) Skip = $"There is no browser ({string.Join(", ", Programs)}): nothing was checked. Install one with: apt-get install -y chromium";
    }

    /// <summary>The browser's full path; null if there is none.</summary>
    public static string? Program => Programs.FirstOrDefault(File.Exists);
}
