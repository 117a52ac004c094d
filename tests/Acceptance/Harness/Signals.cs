using System.Runtime.InteropServices;

namespace EventSourcedAnalytics.Acceptance.Harness;

/// <summary>POSIX signals to a process, by its id.</summary>
internal static partial class Signals
{
    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGQUIT.</summary>
    public const int Quit = 3;

    /// <summary>SIGSTOP.</summary>
    public const int Stop = 19;

    /// <summary>SIGCONT.</summary>
    public const int Continue = 18;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>Sends a signal.</summary>
    public static void Send(int processId, int signal) => Assert.True(SendSignal(processId, signal) == 0, $"process {processId} can't be signalled");

    /// <summary>Whether a process is held by SIGSTOP.</summary>
    public static bool IsStopped(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..][0] == 'T';
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
