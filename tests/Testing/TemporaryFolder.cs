namespace EventSourcedAnalytics.Testing;

/// <summary>A folder for one test, deleted at its end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const UnixFileMode OthersMayPass = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Makes a folder below the system's temporary folder.</summary>
    public TemporaryFolder(string prefix = "analytics-test-")
    {
        Path = Directory.CreateTempSubdirectory(prefix).FullName;
        // Root runs PostgreSQL as another user, who must reach what lies in here.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, OthersMayPass);
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>The full path of a file or folder below it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
