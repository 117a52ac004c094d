using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.Server.Cases.OverGraphQl;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>One run over the files of a directory.</summary>
/// <param name="path">Where the answers come from.</param>
/// <param name="suites">The suites there are.</param>
/// <param name="output">Takes what happens.</param>
/// <param name="system">The running system that is asked; null = none.</param>
internal sealed class CaseRun(string path, IReadOnlyList<ICaseSuite> suites, TextWriter output, CaseSystem? system)
{
    private const int ShownDifferences = 5;
    private const int ChecksAtOnce = 4;

    /// <summary>Runs all files.</summary>
    /// <returns>The exit code: 0 if nothing failed, 1 if something did, 2 if there were no cases.</returns>
    public async Task<int> RunAsync(string directory, CancellationToken cancellation)
    {
        if (!Directory.Exists(directory))
        {
            await output.WriteLineAsync($"There is no directory '{directory}': name one that holds case files (*.json).");
            return 2;
        }
        var total = new CaseTally();
        foreach (var file in Directory.GetFiles(directory, "*.json").Order(StringComparer.Ordinal))
        {
            if (CaseFile.Read(file) is not { } cases) continue;
            var tally = await RunFileAsync(cases, cancellation);
            foreach (var (reason, count) in tally.Reasons) await output.WriteLineAsync($"    {count} unsupported: {reason}");
            total.Add(tally);
        }
        await output.WriteLineAsync(total.ToString());
        return total.Failed > 0 ? 1 : total.Checks == 0 ? 2 : 0;
    }

    private async Task<CaseTally> RunFileAsync(CaseFile file, CancellationToken cancellation)
    {
        var (clock, tally, stored) = (Stopwatch.StartNew(), new CaseTally(), system?.Stored ?? 0);
        if (suites.FirstOrDefault(suite => suite.Name == file.Suite) is not { } suite)
        {
            foreach (var _ in file.Cases.SelectMany(data => data.Checks)) tally.CountUnsupported($"there is no suite '{file.Suite}'");
            await output.WriteLineAsync($"{file.Suite}: {tally}");
            return tally;
        }
        if (system is not null) await PrepareAsync(file, system, cancellation);
        var checks = file.Cases.SelectMany(data => data.Checks.Select((check, i) => (Data: data, Check: check, Number: i + 1))).ToList();
        var outcomes = new Outcome[checks.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = system is null ? 1 : ChecksAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, checks.Count, options, async (i, token) => outcomes[i] = await CheckAsync(suite, checks[i].Data, checks[i].Check, token));
        for (var i = 0; i < checks.Count; i++)
        {
            if (outcomes[i].Unsupported is { } reason) tally.CountUnsupported(reason);
            else tally.CountCheck(outcomes[i].Differences.Count == 0);
            if (outcomes[i].Differences.Count > 0) await ReportAsync($"{file.Suite} {checks[i].Data.Id} #{checks[i].Number}", checks[i].Data.About, outcomes[i].Differences);
        }
        var also = system is null || path != "graphql" ? "" : $"; {system.Stored - stored} of them answered by read models too";
        await output.WriteLineAsync(system is null ? $"{file.Suite}: {tally}" : string.Create(CultureInfo.InvariantCulture, $"{file.Suite}: {tally}{also}, in {clock.Elapsed.TotalSeconds:F1} s"));
        return tally;
    }

    private async Task PrepareAsync(CaseFile file, CaseSystem running, CancellationToken cancellation)
    {
        var (clock, projects, events) = (Stopwatch.StartNew(), running.Projects.Count, running.Projects.Imported);
        await running.Projects.PrepareAsync(file, cancellation);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{file.Suite}: {running.Projects.Count - projects} projects with {running.Projects.Imported - events} messages made in {clock.Elapsed.TotalSeconds:F1} s"));
    }

    private async Task<Outcome> CheckAsync(ICaseSuite suite, CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        try
        {
            var differences = new CaseDifferences();
            await suite.CheckAsync(data, check, path, differences, cancellation);
            return new Outcome(null, differences.Found);
        }
        catch (CaseUnsupportedException unsupported)
        {
            return new Outcome(unsupported.Message, []);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException or JsonException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return new Outcome(null, [$"{error.GetType().Name}: {error.Message}"]);
        }
    }

    private async Task ReportAsync(string place, string about, IReadOnlyList<string> differences)
    {
        await output.WriteLineAsync($"FAILED {place} ({about})");
        foreach (var difference in differences.Take(ShownDifferences)) await output.WriteLineAsync($"    {difference}");
        if (differences.Count > ShownDifferences) await output.WriteLineAsync($"    and {differences.Count - ShownDifferences} more");
    }

    /// <summary>What became of a check.</summary>
    /// <param name="Unsupported">Why it could not be asked; null if it could.</param>
    /// <param name="Differences">What differs; none = passed.</param>
    private sealed record Outcome(string? Unsupported, IReadOnlyList<string> Differences);
}
