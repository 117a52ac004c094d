using System.Globalization;
using System.Runtime.InteropServices;

namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>
/// The processes of one cluster. PostgreSQL's processes all stand in its data directory, and that, unlike a process id from a file,
/// can't be mistaken for another program that got the same id later.
/// </summary>
internal static partial class PostgresProcesses
{
    private const int Quit = 3;
    private const int Kill = 9;

    /// <summary>The process id of the running postmaster of a data directory; null if there is none.</summary>
    internal static int? Postmaster(string dataDirectory) =>
        IdInFile(dataDirectory) is { } id && IsAlive(id) && StandsIn(id, dataDirectory) ? id : null;

    /// <summary>The id that <c>postmaster.pid</c> names; null if the file is absent or empty.</summary>
    internal static int? IdInFile(string dataDirectory)
    {
        try
        {
            var line = File.ReadLines(PidFile(dataDirectory)).FirstOrDefault();
            return int.TryParse(line, NumberStyles.Integer, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether a process of this id exists.</summary>
    internal static bool IsAlive(int id) => SendSignal(id, 0) == 0 || Marshal.GetLastPInvokeError() != NoSuchProcess;

    /// <summary>
    /// Ends what a killed postmaster left behind. Its last processes notice by themselves, unless one is busy; a new postmaster can't start
    /// while they hold the shared memory, and nothing they do can still be committed.
    /// </summary>
    internal static async Task EndAllAsync(string dataDirectory, CancellationToken ct, TimeSpan grace = default)
    {
        foreach (var (signal, wait) in new[] { (0, grace), (Quit, Limits.PostgresOrphanGrace), (Kill, Limits.PostgresStop) })
        {
            if (signal != 0)
                foreach (var id in In(dataDirectory))
                    _ = SendSignal(id, signal);
            var until = DateTime.UtcNow + wait;
            while (In(dataDirectory).Count > 0 && DateTime.UtcNow < until)
                await Task.Delay(20, ct);
        }
    }

    /// <summary>
    /// Removes a <c>postmaster.pid</c> whose id now belongs to another program; PostgreSQL would take that program for itself and refuse to start.
    /// All other stale files PostgreSQL judges better.
    /// </summary>
    internal static void RemoveMisleadingPidFile(string dataDirectory)
    {
        if (IdInFile(dataDirectory) is { } id && IsAlive(id) && In(dataDirectory).Count == 0)
            File.Delete(PidFile(dataDirectory));
    }

    private static string PidFile(string dataDirectory) => Path.Combine(dataDirectory, "postmaster.pid");

    private static List<int> In(string dataDirectory)
    {
        var found = new List<int>();
        if (!OperatingSystem.IsLinux())
            return found;
        foreach (var folder in Directory.GetDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && StandsIn(id, dataDirectory))
                found.Add(id);
        return found;
    }

    private static bool StandsIn(int id, string dataDirectory)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        try
        {
            return new FileInfo($"/proc/{id}/cwd").LinkTarget == dataDirectory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended in this moment, or it is another user's: not one of this cluster.
            return false;
        }
    }

    private const int NoSuchProcess = 3;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
