using EventSourcedAnalytics.Server.Cases.OverGraphQl;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>Runs conformance cases and says which passed: <c>analytics cases [DIR] [--path folds|graphql|explorer]</c>.</summary>
public static class CasesCommand
{
    /// <summary>Runs all case files of a directory.</summary>
    /// <param name="directory">Where the files are; JSON of another kind is passed over.</param>
    /// <param name="path">
    /// Where the answers come from: <c>folds</c>; <c>graphql</c>: a running system, each case a project of its own, asked of read models and events, which must agree;
    /// <c>explorer</c>: the same, asked of the events only.
    /// </param>
    /// <param name="output">Takes a line a suite, a paragraph a failure, the reasons of what is unsupported, and the sums.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <param name="configuration">Says where a system may run already; without it, or if none does, the run has one of its own.</param>
    /// <returns>The exit code: 0 if nothing failed, 1 if something did, 2 if there were no cases or no such path.</returns>
    public static async Task<int> RunAsync(
        string directory, string path, TextWriter output, CancellationToken cancellation, IConfiguration? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        switch (path)
        {
            case "folds":
                return await RunAsync(directory, path, CaseSuites.OverFolds, output, cancellation);
            case "graphql" or "explorer":
                if (!Directory.Exists(directory)) return await RunAsync(directory, path, [], output, cancellation);
                await using (var system = await CaseSystem.OpenAsync(configuration, path, cancellation))
                    return await new CaseRun(path, CaseSuites.Over(system), output, system).RunAsync(directory, cancellation);
            default:
                await output.WriteLineAsync($"There is no path '{path}': the paths are folds, graphql and explorer.");
                return 2;
        }
    }

    /// <summary>Runs all case files of a directory with these suites.</summary>
    public static Task<int> RunAsync(string directory, string path, IReadOnlyList<ICaseSuite> suites, TextWriter output, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(suites);
        return new CaseRun(path, suites, output, null).RunAsync(directory, cancellation);
    }
}
