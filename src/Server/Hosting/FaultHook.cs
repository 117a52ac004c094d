using System.Runtime.InteropServices;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>
/// Kills or stops this process at a named point of a commit or a merge, to try out what that does: <c>Faults__At=commit:after-checkpoints</c>, <c>Faults__Action=kill</c> or <c>stop</c>,
/// <c>Faults__After=3</c> (the third time that it comes there). Off unless <c>Faults__At</c> is set.
/// </summary>
internal static partial class FaultHook
{
    private const int SigKill = 9;
    private static readonly int SigStop = OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>The hook that is configured, or null.</summary>
    /// <exception cref="Client.CommandException">The configuration names no point or action, or no time from the first on.</exception>
    public static Action<string>? From(IConfiguration configuration)
    {
        if (configuration["Faults:At"] is not { Length: > 0 } point) return null;
        IReadOnlyList<string> known = [.. CommitPoints.All, .. MergePoints.All];
        if (!known.Contains(point)) throw new Client.CommandException($"Faults__At={point}: the points are {string.Join(", ", known)}.");
        var signal = configuration["Faults:Action"] switch
        {
            "kill" => SigKill,
            "stop" => SigStop,
            var other => throw new Client.CommandException($"Faults__Action={other}: the actions are kill and stop."),
        };
        var left = configuration.WholeNumber("Faults:After", 1, 1, int.MaxValue);
        return reached =>
        {
            if (reached == point && Interlocked.Decrement(ref left) == 0) _ = Raise(signal);
        };
    }

    // To the calling thread: a signal to the process may be taken by another thread, and on a busy machine this one then goes on for a while before it is held.
    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int Raise(int signal);
}
