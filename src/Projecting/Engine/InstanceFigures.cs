using System.Diagnostics;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>What one instance did since the process started.</summary>
internal sealed class InstanceFigures
{
    /// <summary>Time over which a speed is told.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private long windowStart;
    private long windowEvents;
    private double lastSpeed;

    /// <summary>Persons folded again.</summary>
    public long Refolds { get; private set; }

    public void Add(long events, int refolds, long now)
    {
        lock (gate)
        {
            if (windowStart == 0) windowStart = now;
            Roll(now);
            windowEvents += events;
            Refolds += refolds;
        }
    }

    /// <summary>Events a second over the last seconds.</summary>
    public double Speed(long now)
    {
        lock (gate)
        {
            Roll(now);
            var elapsed = Stopwatch.GetElapsedTime(windowStart, now).TotalSeconds;
            return elapsed < 1 ? Math.Max(lastSpeed, windowEvents) : Math.Max(windowEvents / elapsed, lastSpeed * (1 - (elapsed / Window.TotalSeconds)));
        }
    }

    private void Roll(long now)
    {
        var elapsed = Stopwatch.GetElapsedTime(windowStart, now);
        if (elapsed < Window) return;
        lastSpeed = elapsed < 2 * Window ? windowEvents / elapsed.TotalSeconds : 0;
        (windowStart, windowEvents) = (now, 0);
    }
}

/// <summary>How often something took how long, as Prometheus counts it.</summary>
public sealed class TimeHistogram
{
    private readonly Lock gate = new();
    private readonly long[] counts = new long[Bounds.Count + 1];
    private double sum;

    /// <summary>Upper bounds of the buckets, seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>Notes one time.</summary>
    public void Record(double seconds)
    {
        var bucket = 0;
        while (bucket < Bounds.Count && seconds > Bounds[bucket]) bucket++;
        lock (gate)
        {
            counts[bucket]++;
            sum += seconds;
        }
    }

    /// <summary>How many times were at most each bound, the last for all of them; and their sum in seconds.</summary>
    public (IReadOnlyList<long> Cumulative, double Sum) Read()
    {
        lock (gate)
        {
            var cumulative = new long[counts.Length];
            long total = 0;
            for (var i = 0; i < counts.Length; i++) cumulative[i] = total += counts[i];
            return (cumulative, sum);
        }
    }
}
