using System.Runtime.InteropServices;

namespace EventSourcedAnalytics.Acceptance.Harness;

/// <summary>POSIX signals to a process, by its id.</summary>
internal static partial class Signals
{
    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>Sends a signal.</summary>
    public static void Send(int processId, int signal) => Assert.True(SendSignal(processId, signal) == 0, $"process {processId} can't be signalled");

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
