using System.Diagnostics;
using System.Text.Json.Serialization;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>One line of a benchmark's output.</summary>
internal sealed record LogRow(string Benchmark, string Adapter, long Events, long EventsPerSecond)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? InFlight { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Batch { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? P50Milliseconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? P99Milliseconds { get; init; }

    /// <summary>Of this process: with a server in another process, the client's share.</summary>
    public double CpuMicrosecondsPerEvent { get; init; }

    /// <summary>Of the node's process, where there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ServerCpuMicrosecondsPerEvent { get; init; }

    public long AllocatedBytesPerEvent { get; init; }
}

/// <summary>Time, processor time and allocations from its making on.</summary>
internal sealed class Cost
{
    private readonly long allocated;
    private readonly Process? server;
    private readonly TimeSpan cpu;
    private readonly TimeSpan serverCpu;
    private readonly long started;

    public Cost(Process? server)
    {
        this.server = server;
        GC.Collect();
        serverCpu = ServerCpu();
        allocated = GC.GetTotalAllocatedBytes(precise: true);
        cpu = Environment.CpuUsage.TotalTime;
        started = Stopwatch.GetTimestamp();
    }

    public LogRow ToRow(string benchmark, string adapter, long events, List<double>? latencies = null)
    {
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new LogRow(benchmark, adapter, events, (long)(events / elapsed.TotalSeconds))
        {
            P50Milliseconds = latencies is null ? null : LogBenchmark.Percentile(latencies, 0.5),
            P99Milliseconds = latencies is null ? null : LogBenchmark.Percentile(latencies, 0.99),
            CpuMicrosecondsPerEvent = Math.Round((Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / events, 2),
            ServerCpuMicrosecondsPerEvent = server is null ? null : Math.Round((ServerCpu() - serverCpu).TotalMicroseconds / events, 2),
            AllocatedBytesPerEvent = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / events,
        };
    }

    private TimeSpan ServerCpu()
    {
        server?.Refresh();
        return server?.TotalProcessorTime ?? TimeSpan.Zero;
    }
}
