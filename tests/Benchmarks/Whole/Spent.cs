using System.Diagnostics;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>What this process spends from here on: time, processor time, allocation, and the most memory it held.</summary>
internal sealed class Spent : IDisposable
{
    private const int SampleMilliseconds = 20;

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
    private readonly long allocatedBefore = GC.GetTotalAllocatedBytes();
    private readonly TimeSpan pausedBefore = GC.GetTotalPauseDuration();
    private readonly Timer sampling;
    private long peak = Environment.WorkingSet;

    public Spent() => sampling = new Timer(_ => Sample(), null, SampleMilliseconds, SampleMilliseconds);

    public double Seconds => Math.Round(clock.Elapsed.TotalSeconds, 2);

    public double CpuSeconds => Math.Round((Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds, 2);

    public double GcPauseSeconds => Math.Round((GC.GetTotalPauseDuration() - pausedBefore).TotalSeconds, 2);

    public double PeakMegabytes => Math.Round(Math.Max(Interlocked.Read(ref peak), Environment.WorkingSet) / 1048576.0, 0);

    public long AllocatedBytes => GC.GetTotalAllocatedBytes() - allocatedBefore;

    public long PerSecond(long events) => (long)(events / clock.Elapsed.TotalSeconds);

    public void Dispose() => sampling.Dispose();

    private void Sample()
    {
        var now = Environment.WorkingSet;
        if (now > Interlocked.Read(ref peak)) Interlocked.Exchange(ref peak, now);
    }
}
