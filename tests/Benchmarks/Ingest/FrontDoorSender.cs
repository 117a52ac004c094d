using System.Diagnostics;
using System.Globalization;
using EventSourcedAnalytics.Benchmarks.Whole;

namespace EventSourcedAnalytics.Benchmarks.Ingest;

/// <summary>
/// The sender's side of <c>front-door</c>, a process of its own so that the server's processor time and allocations are the server's alone:
/// <c>front-door-sender PORT AUTHORIZATION EVENTS BATCH CONNECTIONS</c> makes the requests, then sends as many as each line of its standard input says.
/// </summary>
public static class FrontDoorSender
{
    /// <summary>Runs it until its standard input ends; each line answered with its processor time (microseconds) and the time of each request (milliseconds).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var (port, events, batch, connections) = (Number(args[0]), Number(args[2]), Number(args[3]), Number(args[4]));
        var requests = SystemUnderTest.Bodies(events, batch).Select(body => RawSender.Request("/v1/batch", args[1], body)).ToArray();
        GC.Collect();
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } count)
        {
            var before = Environment.CpuUsage.TotalTime;
            var times = await RawSender.SendAsync(port, requests, Number(count), connections);
            var spent = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds;
            Console.WriteLine(string.Join(' ', times.Prepend(spent).Select(number => number.ToString(CultureInfo.InvariantCulture))));
        }
        return "";
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A <see cref="FrontDoorSender"/> at work.</summary>
internal sealed class SenderProcess : IAsyncDisposable
{
    private readonly Process process;

    private SenderProcess(Process process) => this.process = process;

    /// <summary>Starts one that has its requests made.</summary>
    public static async Task<SenderProcess> StartAsync(int port, string authorization, int events, int batch, int connections)
    {
        var program = Environment.ProcessPath!;
        string[] arguments = ["front-door-sender", .. new[] { port.ToString(CultureInfo.InvariantCulture), authorization },
            .. new[] { events, batch, connections }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var process = Process.Start(new ProcessStartInfo(program,
            program.EndsWith("dotnet", StringComparison.Ordinal) ? [typeof(SenderProcess).Assembly.Location, .. arguments] : arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        if (await process.StandardOutput.ReadLineAsync() != "ready") throw new InvalidOperationException("The sender did not start.");
        return new SenderProcess(process);
    }

    /// <summary>Sends some requests.</summary>
    /// <returns>The sender's processor time in microseconds, and how long each request took, in milliseconds.</returns>
    public async Task<(double Microseconds, List<double> Times)> SendAsync(int requests)
    {
        await process.StandardInput.WriteLineAsync(requests.ToString(CultureInfo.InvariantCulture));
        await process.StandardInput.FlushAsync();
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The sender broke off.");
        var numbers = line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToList();
        return (numbers[0], numbers[1..]);
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
