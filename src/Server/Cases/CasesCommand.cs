using System.Text.Json;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>Runs conformance cases and says which passed: <c>analytics cases [DIR] [--path folds]</c>.</summary>
public static class CasesCommand
{
    private const int ShownDifferences = 5;

    /// <summary>Runs all case files of a directory over the folds.</summary>
    /// <param name="directory">Where the files are; JSON of another kind is passed over.</param>
    /// <param name="path">Where the answers come from: <c>folds</c>.</param>
    /// <param name="output">Takes a line a suite, a paragraph a failure, the reasons of what is unsupported, and the sums.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>The exit code: 0 if nothing failed, 1 if something did, 2 if there were no cases.</returns>
    public static Task<int> RunAsync(string directory, string path, TextWriter output, CancellationToken cancellation) =>
        RunAsync(directory, path, CaseSuites.OverFolds, output, cancellation);

    /// <summary>Runs all case files of a directory with these suites.</summary>
    /// <inheritdoc cref="RunAsync(string, string, TextWriter, CancellationToken)"/>
    public static async Task<int> RunAsync(string directory, string path, IReadOnlyList<ICaseSuite> suites, TextWriter output, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(suites);
        if (!Directory.Exists(directory))
        {
            await output.WriteLineAsync($"There is no directory '{directory}': name one that holds case files (*.json).");
            return 2;
        }
        var total = new Tally();
        foreach (var file in Directory.GetFiles(directory, "*.json").Order(StringComparer.Ordinal))
        {
            if (CaseFile.Read(file) is not { } cases) continue;
            var tally = await RunFileAsync(cases, path, suites.FirstOrDefault(suite => suite.Name == cases.Suite), output, cancellation);
            await output.WriteLineAsync($"{cases.Suite}: {tally}");
            foreach (var (reason, count) in tally.Reasons) await output.WriteLineAsync($"    {count} unsupported: {reason}");
            total.Add(tally);
        }
        await output.WriteLineAsync(total.ToString());
        return total.Failed > 0 ? 1 : total.Checks == 0 ? 2 : 0;
    }

    private static async Task<Tally> RunFileAsync(CaseFile file, string path, ICaseSuite? suite, TextWriter output, CancellationToken cancellation)
    {
        var tally = new Tally();
        foreach (var data in file.Cases)
        {
            for (var number = 0; number < data.Checks.Count; number++)
            {
                cancellation.ThrowIfCancellationRequested();
                var place = $"{file.Suite} {data.Id} #{number + 1}";
                try
                {
                    if (suite is null) throw new CaseUnsupportedException($"there is no suite '{file.Suite}'");
                    var differences = new CaseDifferences();
                    await suite.CheckAsync(data, data.Checks[number], path, differences, cancellation);
                    tally.CountCheck(differences.Found.Count == 0);
                    if (differences.Found.Count > 0) await ReportAsync(output, place, data.About, differences.Found);
                }
                catch (CaseUnsupportedException unsupported)
                {
                    tally.CountUnsupported(unsupported.Message);
                }
                catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException or JsonException or KeyNotFoundException or IndexOutOfRangeException)
                {
                    tally.CountCheck(isPassed: false);
                    await ReportAsync(output, place, data.About, [$"{error.GetType().Name}: {error.Message}"]);
                }
            }
        }
        return tally;
    }

    private static async Task ReportAsync(TextWriter output, string place, string about, IReadOnlyList<string> differences)
    {
        await output.WriteLineAsync($"FAILED {place} ({about})");
        foreach (var difference in differences.Take(ShownDifferences)) await output.WriteLineAsync($"    {difference}");
        if (differences.Count > ShownDifferences) await output.WriteLineAsync($"    and {differences.Count - ShownDifferences} more");
    }

    private sealed class Tally
    {
        private int passed;
        private int unsupported;
        private readonly SortedDictionary<string, int> reasons = new(StringComparer.Ordinal);

        public IReadOnlyDictionary<string, int> Reasons => reasons;

        public int Failed { get; private set; }

        public int Checks => passed + Failed + unsupported;

        public void CountCheck(bool isPassed)
        {
            if (isPassed) passed++; else Failed++;
        }

        public void CountUnsupported(string reason)
        {
            unsupported++;
            reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
        }

        public void Add(Tally other)
        {
            passed += other.passed;
            Failed += other.Failed;
            unsupported += other.unsupported;
        }

        public override string ToString() => $"{passed} passed, {Failed} failed, {unsupported} unsupported";
    }
}
