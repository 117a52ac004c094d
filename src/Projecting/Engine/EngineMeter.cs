using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>What the engine counts. Meter <c>EventSourcedAnalytics.Projecting</c>.</summary>
internal sealed class EngineMeter
{
    private static readonly Meter Meter = new("EventSourcedAnalytics.Projecting");
    private static readonly Counter<long> Events = Meter.CreateCounter<long>("projecting.events", "{event}", "Events applied by the live loop.");
    private static readonly Counter<long> ReplayedEvents = Meter.CreateCounter<long>("projecting.replayed", "{event}", "Events applied by rebuilds and backfills.");
    private static readonly Counter<long> RefoldedPersons = Meter.CreateCounter<long>("projecting.refolds", "{person}", "Persons folded again because of late or joined events.");
    private static readonly Histogram<double> BatchTime = Meter.CreateHistogram<double>("projecting.batch.duration", "s", "Time of a batch from facts to commit.");

    private long events;
    private long refolds;
    private long factsTicks;
    private long foldTicks;
    private long commitTicks;
    private long lastCommit;

    /// <summary>Events applied by the live loop since the start.</summary>
    public long EventCount => Interlocked.Read(ref events);

    /// <summary>Persons folded again since the start.</summary>
    public long RefoldCount => Interlocked.Read(ref refolds);

    /// <summary>Events a second over the last batches.</summary>
    public double EventsPerSecond { get; private set; }

    /// <summary>How long ago the last commit was; null before the first.</summary>
    public TimeSpan? SinceLastCommit => lastCommit == 0 ? null : Stopwatch.GetElapsedTime(lastCommit);

    /// <summary>Seconds spent in each stage of the live loop since the start: facts, fold, commit.</summary>
    public IReadOnlyDictionary<string, double> StageSeconds => new Dictionary<string, double>
    {
        ["facts"] = TimeSpan.FromTicks(Interlocked.Read(ref factsTicks)).TotalSeconds,
        ["fold"] = TimeSpan.FromTicks(Interlocked.Read(ref foldTicks)).TotalSeconds,
        ["commit"] = TimeSpan.FromTicks(Interlocked.Read(ref commitTicks)).TotalSeconds,
    };

    /// <summary>Notes how long the stages of one batch took.</summary>
    public void Stages(TimeSpan facts, TimeSpan fold, TimeSpan commit)
    {
        Interlocked.Add(ref factsTicks, facts.Ticks);
        Interlocked.Add(ref foldTicks, fold.Ticks);
        Interlocked.Add(ref commitTicks, commit.Ticks);
    }

    public Measured Batch(int count) => new(this, count, Stopwatch.GetTimestamp());

    public void Refolds(int count)
    {
        Interlocked.Add(ref refolds, count);
        RefoldedPersons.Add(count);
    }

    public void Replayed(int count) => ReplayedEvents.Add(count);

    private void Done(int count, long start)
    {
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        BatchTime.Record(elapsed);
        Events.Add(count);
        Interlocked.Add(ref events, count);
        lastCommit = Stopwatch.GetTimestamp();
        EventsPerSecond = EventsPerSecond == 0 ? count / elapsed : (0.8 * EventsPerSecond) + (0.2 * count / elapsed);
    }

    internal readonly struct Measured(EngineMeter meter, int count, long start) : IDisposable
    {
        public void Dispose() => meter.Done(count, start);
    }
}
