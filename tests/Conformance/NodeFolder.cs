using System.Diagnostics;

namespace EventSourcedAnalytics.Conformance;

/// <summary>Runs npm clients and suites that live beside these tests.</summary>
internal static class NodeFolder
{
    private static readonly SemaphoreSlim s_installing = new(1, 1);

    /// <summary>The folder of this test project in the checkout.</summary>
    public static string Path { get; } = Find();

    /// <summary>Installs the pinned packages of a folder if they are absent.</summary>
    public static async Task InstallAsync(string folder)
    {
        await s_installing.WaitAsync();
        try
        {
            if (!Directory.Exists(System.IO.Path.Combine(folder, "node_modules")))
                await RunAsync(folder, "npm", ["ci", "--no-audit", "--no-fund"]);
        }
        finally
        {
            s_installing.Release();
        }
    }

    /// <summary>What a program prints. Fails with what it prints to standard error if it exits with anything but 0.</summary>
    public static async Task<string> RunAsync(string folder, string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} exited with {process.ExitCode}\n{await output}\n{await error}");
        return await output;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Conformance.csproj")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("Conformance.csproj is not above the test binaries.");
    }
}
