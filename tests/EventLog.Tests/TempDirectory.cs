namespace EventSourcedAnalytics.EventLog.Tests;

/// <summary>A directory of its own for a test, removed at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("event-log-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
