using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace EventSourcedAnalytics.Acceptance.Harness;

/// <summary>One run of <c>analytics serve</c>.</summary>
internal sealed partial class ServerProcess
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> serving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool hasEnded;

    private ServerProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.EnableRaisingEvents = true;
        _ = serving.Task.ContinueWith(static task => task.Exception, TaskScheduler.Default);
        process.Exited += (_, _) => serving.TrySetException(new InvalidOperationException($"The server ended before it served:\n{Output}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get { lock (output) return output.ToString(); }
    }

    /// <summary>True while it runs.</summary>
    public bool IsAlive => !hasEnded && !process.HasExited;

    /// <summary>Starts a server on a free port and returns when it listens.</summary>
    public static async Task<ServerProcess> StartAsync(string dataDirectory, params IReadOnlyList<(string Name, string Value)> settings)
    {
        var server = Launch(dataDirectory, settings);
        try
        {
            await server.ServesAsync();
            return server;
        }
        catch (Exception error)
        {
            await server.KillAsync();
            throw new InvalidOperationException($"The server does not start ({error.Message}):\n{server.Output}");
        }
    }

    /// <summary>Starts a server that may never come so far as to listen.</summary>
    public static ServerProcess Launch(string dataDirectory, params IReadOnlyList<(string Name, string Value)> settings) =>
        new(AnalyticsCommand.Start(settings, ["serve", "--urls", "http://127.0.0.1:0", "--data-directory", dataDirectory]));

    /// <summary>Returns when it listens.</summary>
    public async Task ServesAsync() => Address = await serving.Task.WaitAsync(StartLimit);

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>Returns when it has ended by itself.</summary>
    public async Task EndsAsync()
    {
        await process.WaitForExitAsync().WaitAsync(StartLimit);
        Forget();
    }

    /// <summary>Ends it as a power cut would (SIGKILL), and returns when it is gone.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        Forget();
    }

    /// <summary>Asks it to end (SIGTERM), and returns its exit status.</summary>
    public async Task<int> StopAsync()
    {
        if (!process.HasExited) Signals.Send(process.Id, Signals.Terminate);
        using var patience = new CancellationTokenSource(StopLimit);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"The server did not stop within {StopLimit}:\n{Output}");
        }
        finally
        {
            Forget();
        }
    }

    private void Forget()
    {
        ChildProcesses.Forget(process.Id);
        hasEnded = true;
        process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        lock (output) output.AppendLine(line);
        if (Serving().Match(line) is { Success: true } match) serving.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"serving on (http://[0-9.:]+)")]
    private static partial Regex Serving();
}
