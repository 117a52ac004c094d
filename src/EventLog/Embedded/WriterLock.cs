using System.Globalization;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// Keeps a second writer out: a file held under an exclusive lock, which the system releases when the process ends, however it ends. The
/// holder's process id stands in a file beside it, as a locked file can't be read.
/// </summary>
internal sealed class WriterLock : IDisposable
{
    public const string FileName = "log.lock";

    public const string HolderFileName = "log.pid";

    private readonly FileStream file;

    private WriterLock(FileStream file) => this.file = file;

    /// <exception cref="IOException">Another process (or another log object of this one) holds the lock.</exception>
    public static WriterLock Take(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var holder = Path.Combine(directory, HolderFileName);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(holder))
        {
            throw new IOException($"The log in {directory} is in use by process {File.ReadAllText(holder)}; stop it or use another Data__Directory.", e);
        }
        File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new WriterLock(file);
    }

    public void Dispose() => file.Dispose();
}
