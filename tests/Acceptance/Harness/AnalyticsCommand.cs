using System.Diagnostics;
using System.Text;

namespace EventSourcedAnalytics.Acceptance.Harness;

/// <summary>What a command said and how it ended.</summary>
/// <param name="ExitCode">Its exit status.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Everything it wrote.</summary>
    public string All => Output + Errors;

    /// <summary>Fails the test, with all that was written, unless the command did.</summary>
    public CommandResult MustSucceed()
    {
        Assert.True(ExitCode == 0, $"exit status {ExitCode}:\n{All}");
        return this;
    }
}

/// <summary>The product's command line as a process of its own.</summary>
internal static class AnalyticsCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly string[] Settings = ["ConnectionStrings__Postgres", "EventStore__ConnectionString", "Auth__AdminKey", "Data__Directory", "Urls", "ASPNETCORE_URLS", "DOTNET_URLS"];

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <summary>The same with further settings, as environment variables.</summary>
    public static async Task<CommandResult> RunAsync(IReadOnlyList<(string Name, string Value)> settings, string[] arguments)
    {
        using var process = Start(settings, arguments);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new CommandResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"'analytics {string.Join(' ', arguments)}' did not end within {Patience}.");
        }
        finally
        {
            ChildProcesses.Forget(process.Id);
        }
    }

    /// <summary>Starts a command; it ends with this process at the latest.</summary>
    public static Process Start(params string[] arguments) => Start([], arguments);

    /// <summary>The same with further settings, as environment variables.</summary>
    public static Process Start(IReadOnlyList<(string Name, string Value)> settings, string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8, WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "analytics.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in Settings) start.Environment.Remove(name);
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var process = Process.Start(start)!;
        ChildProcesses.Watch(process);
        return process;
    }
}
