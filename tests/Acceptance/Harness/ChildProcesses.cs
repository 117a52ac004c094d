using System.Diagnostics;

namespace EventSourcedAnalytics.Acceptance.Harness;

/// <summary>
/// Ends what tests started and a killed test run left behind: a test host may be killed at any moment, and may not leave servers and databases running.
/// </summary>
internal static class ChildProcesses
{
    private static readonly Lock Gate = new();

    // Open for as long as this process lives; its end is the signal to clean up.
    private static StreamWriter? pipe;

    /// <summary>From now on the process ends with this one.</summary>
    public static void Watch(Process process) => Tell($"process {process.Id}");

    /// <summary>From now on the private PostgreSQL of a data directory ends with this process, and the directory goes with it.</summary>
    public static void Watch(string dataDirectory) => Tell($"data {dataDirectory}");

    /// <summary>The process has ended: its id may soon be another's.</summary>
    public static void Forget(int processId) => Tell($"ended {processId}");

    private static void Tell(string line)
    {
        lock (Gate)
        {
            pipe ??= StartWatcher();
            pipe.WriteLine(line);
            pipe.Flush();
        }
    }

    private static StreamWriter StartWatcher()
    {
        const string script = """
            exec 3<&0
            (
              processes=' ' folders=''
              while read -r kind what <&3; do
                case $kind in
                  process) processes="$processes$what " ;;
                  ended) processes=$(printf '%s' "$processes" | sed "s/ $what / /g") ;;
                  data) folders="$folders $what" ;;
                esac
              done
              for id in $processes; do kill -KILL "$id"; done
              for folder in $folders; do
                [ -d "$folder" ] || continue
                place=$(cat "$folder/postgres/location" || echo "$folder/postgres/cluster")
                kill -QUIT "$(head -n 1 "$place/data/postmaster.pid")"
                for _ in $(seq 100); do [ -e "$place/data/postmaster.pid" ] || break; sleep 0.05; done
                rm -rf "$folder" "$place"
              done
            ) >/dev/null 2>&1 &
            """;
        var start = new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardInput = true };
        using var shell = Process.Start(start)!;
        shell.WaitForExit();
        return shell.StandardInput;
    }
}
