using System.Diagnostics;
using System.Globalization;
using EventSourcedAnalytics.EventLog.Embedded;

namespace EventSourcedAnalytics.EventLog.Tests.Embedded;

/// <summary>A process that appends under load is killed at random moments; the log must have everything it acknowledged.</summary>
public sealed class CrashTests : IDisposable
{
    private const int SigKill = 9;

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task After_a_kill_every_acknowledged_event_is_there_once(int seed)
    {
        var random = new Random(seed);
        var acknowledged = new List<(string Stream, long Revision, Guid Id)>();
        for (var round = 0; round < 6; round++)
        {
            if (round % 2 == 0) await AppendUntilKilledAsync(random.Next(1, 3_000), acknowledged);
            else await AppendUntilKilledAsync(int.MaxValue, acknowledged, random.Next(1, 100).ToString(CultureInfo.InvariantCulture));
            await using var log = EmbeddedEventLog.Open(directory.Path);
            var all = await Consistency.CheckAsync(log, batch: 3);
            var stored = all.ToDictionary(e => e.EventId, e => (e.Stream, e.Revision));
            foreach (var (stream, revision, id) in acknowledged) Assert.Equal((stream, revision), stored[id]);
        }
    }

    private async Task AppendUntilKilledAsync(int lines, List<(string Stream, long Revision, Guid Id)> acknowledged, params string[] killsItself)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "EventSourcedAnalytics.EventLog.CrashHost.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", host, directory.Path, "4", .. killsItself]) { RedirectStandardOutput = true })!;
        var killed = false;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            if (words.Length == 5 && words[4].Length == 36)
            {
                var last = long.Parse(words[1], CultureInfo.InvariantCulture);
                for (var i = 0; i < 3; i++) acknowledged.Add((words[0], last - 2 + i, Guid.Parse(words[2 + i])));
            }
            if (killed || --lines > 0) continue;
            process.Kill();
            killed = true;
        }
        await process.WaitForExitAsync();
        Assert.Equal(128 + SigKill, process.ExitCode);
    }
}
