using System.Diagnostics;

namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>Runs one short-lived program to its end.</summary>
internal static class Command
{
    internal readonly record struct Outcome(int ExitCode, string Output)
    {
        internal bool Succeeded => ExitCode == 0;
    }

    /// <summary>
    /// Runs <paramref name="program"/> as <paramref name="user"/> (null: the caller) and returns its exit code and everything it printed.
    /// A cancelled run is killed.
    /// </summary>
    internal static async Task<Outcome> RunAsync(
        string program, IEnumerable<string> arguments, string? user, string workingDirectory, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // Messages of PostgreSQL's tools are read by this code: keep them in English.
        start.Environment["LC_ALL"] = "C";
        // The tools take their defaults from PG* variables; those of the caller speak of another server.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        if (user is not null)
            start.UserName = user;
        using var process = Process.Start(start) ?? throw new PrivatePostgresException($"{program} did not start.");
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return new Outcome(process.ExitCode, (await output + await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
