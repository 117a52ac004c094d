using System.Diagnostics;
using System.Globalization;
using EventSourcedAnalytics.EventLog.Embedded;

namespace EventSourcedAnalytics.EventLog.Tests.Embedded;

/// <summary>A disk that is full while several callers append: a process whose files may not grow beyond a size, and a file system of a few megabytes.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int FileSystemBytes = 6 * 1_048_576;

    private readonly TempDirectory directory = new();

    private string LogDirectory => Path.Combine(directory.Path, "log");

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(1_000)]
    [InlineData(3_777)]
    public async Task A_file_that_may_not_grow_fails_appends_and_the_log_goes_on_when_it_may(int kilobytes)
    {
        Directory.CreateDirectory(LogDirectory);
        // In blocks of 512 bytes; without the signal that would end the process, and without the runtime's own large file in memory.
        var acknowledged = await AppendUntilFullAsync($"trap '' XFSZ; ulimit -f {kilobytes * 2}; export DOTNET_EnableWriteXorExecute=0; ");
        await CheckAsync(LogDirectory, acknowledged);
    }

    [MountableFact]
    public async Task A_full_file_system_fails_appends_and_the_log_goes_on_when_it_has_room()
    {
        Directory.CreateDirectory(LogDirectory);
        Run("mount", "-t", "tmpfs", "-o", $"size={FileSystemBytes}", "tmpfs", LogDirectory);
        try
        {
            var acknowledged = await AppendUntilFullAsync("");
            Run("mount", "-o", $"remount,size={10 * FileSystemBytes}", LogDirectory);
            await CheckAsync(LogDirectory, acknowledged);
        }
        finally
        {
            Run("umount", LogDirectory);
        }
    }

    private static async Task CheckAsync(string logDirectory, List<(string Stream, long Revision, Guid Id)> acknowledged)
    {
        Assert.True(acknowledged.Count > 300, $"Only {acknowledged.Count} events fitted.");
        await using (var log = EmbeddedEventLog.Open(logDirectory))
        {
            var all = await Consistency.CheckAsync(log, batch: 3);
            var stored = all.ToDictionary(e => e.EventId, e => (e.Stream, e.Revision));
            foreach (var (stream, revision, id) in acknowledged) Assert.Equal((stream, revision), stored[id]);
            for (var i = 0; i < 500; i++)
                Assert.IsType<AppendResult.Appended>(await log.AppendAsync("customer-after", ExpectedRevision.Any, Events.Many(3), CancellationToken.None));
        }
        await using var again = EmbeddedEventLog.Open(logDirectory);
        await Consistency.CheckAsync(again, batch: 3);
    }

    private async Task<List<(string Stream, long Revision, Guid Id)>> AppendUntilFullAsync(string limits)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "EventSourcedAnalytics.EventLog.CrashHost.dll");
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", limits + "exec dotnet exec \"$0\" \"$1\" 4 full", host, LogDirectory]) { RedirectStandardOutput = true })!;
        var acknowledged = new List<(string, long, Guid)>();
        var failures = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "full") failures.Add(line);
            else
            {
                var last = long.Parse(words[1], CultureInfo.InvariantCulture);
                for (var i = 0; i < 3; i++) acknowledged.Add((words[0], last - 2 + i, Guid.Parse(words[2 + i])));
            }
        }
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.NotEmpty(failures);
        Assert.All(failures, failure => Assert.Contains($"The log in {LogDirectory} could not write", failure, StringComparison.Ordinal));
        return acknowledged;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}

/// <summary>A test that mounts a file system of its own, and says so where it may not.</summary>
public sealed class MountableFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> MayMount = new(() =>
    {
        using var directory = new TempDirectory();
        using var mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.Path]) { RedirectStandardError = true });
        mount!.WaitForExit();
        if (mount.ExitCode != 0) return false;
        using var unmount = Process.Start("umount", [directory.Path]);
        unmount.WaitForExit();
        return unmount.ExitCode == 0;
    });

    public MountableFactAttribute()
    {
        if (!MayMount.Value) Skip = "This user may not mount a file system: a full one was not tried.";
    }
}
