using System.Globalization;
using System.Text;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// Keeps a second writer out: a file held under an exclusive lock, with the holder's process id in it. The system releases the lock when
/// the process ends, however it ends.
/// </summary>
internal sealed class WriterLock : IDisposable
{
    public const string FileName = "log.lock";

    private readonly FileStream file;

    private WriterLock(FileStream file) => this.file = file;

    /// <exception cref="IOException">Another process (or another log object of this one) holds the lock.</exception>
    public static WriterLock Take(string directory)
    {
        var path = Path.Combine(directory, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException($"The log in {directory} is in use by process {Holder(path)}; stop it or use another Data__Directory.", e);
        }
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        file.Flush();
        return new WriterLock(file);
    }

    public void Dispose() => file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var text = reader.ReadToEnd();
            return text.Length == 0 ? "(unknown)" : text;
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}
