using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using EventSourcedAnalytics.Projecting.Folding;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>What the engine counts and traces: meter and activity source <see cref="ProjectionEngine.TelemetryName"/>.</summary>
internal sealed class EngineMeter : IDisposable
{
    /// <summary>Spans of the way from the reader to the commit.</summary>
    public static readonly ActivitySource Traces = new(ProjectionEngine.TelemetryName);

    private readonly Meter meter = new(ProjectionEngine.TelemetryName);
    private readonly Counter<long> applied;
    private readonly Counter<long> replayed;
    private readonly Counter<long> refolded;
    private readonly Histogram<double> batchTime;
    private readonly ConcurrentDictionary<InstanceId, InstanceFigures> figures = new();
    private long events;
    private long replayedEvents;
    private long refolds;
    private long factsTicks;
    private long foldTicks;
    private long commitTicks;
    private long lastMove;
    private long lastBatch;
    private double batchSpeed;

    /// <summary>A meter whose gauges show the newest status.</summary>
    public EngineMeter(Func<EngineStatus?> status)
    {
        applied = meter.CreateCounter<long>("projecting.events", "{event}", "Events applied by the live loop.");
        replayed = meter.CreateCounter<long>("projecting.replayed", "{event}", "Events applied by rebuilds and backfills.");
        refolded = meter.CreateCounter<long>("projecting.refolds", "{person}", "Persons folded again because of late or joined events.");
        batchTime = meter.CreateHistogram<double>("projecting.batch.duration", "s", "Time of a batch from facts to commit.");
        Gauge("projecting.position", "{position}", "Where an instance stands.", instance => instance.Position?.Commit ?? 0);
        Gauge("projecting.gap", "{position}", "Positions between an instance and the head of the log.", instance => instance.Gap);
        Gauge("projecting.lag", "s", "Time by which an instance is behind.", instance => instance.LagAt(DateTimeOffset.UtcNow).TotalSeconds);
        Gauge("projecting.success.age", "s", "Time since an instance's last commit.", instance => (DateTime.UtcNow - instance.UpdatedAt).TotalSeconds);
        Gauge("projecting.rate", "{event}/s", "Events a second lately.", instance => instance.EventsPerSecond);
        Gauge("projecting.parked", "{person}", "Persons parked and not dropped.", instance => instance.Parked);
        Gauge("projecting.deferred", "{person}", "Persons that wait for their refold.", instance => instance.Deferred);
        meter.CreateObservableGauge("projecting.stalled", () => status() is { IsStalled: true } ? 1 : 0, null, "1 if events wait and nothing is committed.");

        void Gauge(string name, string unit, string help, Func<InstanceStatus, double> value) => meter.CreateObservableGauge(
            name,
            () => (status()?.Instances ?? []).Select(instance => new Measurement<double>(value(instance), new("instance", instance.Name), new("state", instance.State))),
            unit, help);
    }

    /// <summary>Events applied by the live loop since the start.</summary>
    public long EventCount => Interlocked.Read(ref events);

    /// <summary>Events applied by rebuilds and backfills since the start.</summary>
    public long ReplayedCount => Interlocked.Read(ref replayedEvents);

    /// <summary>Persons folded again since the start.</summary>
    public long RefoldCount => Interlocked.Read(ref refolds);

    /// <summary>Events a second over the last batches; 0 when none came for some seconds.</summary>
    public double EventsPerSecond => Interlocked.Read(ref lastBatch) is not 0 and var at && Stopwatch.GetElapsedTime(at) < InstanceFigures.Window ? batchSpeed : 0;

    /// <summary>Times of the batches of the live loop.</summary>
    public TimeHistogram BatchTimes { get; } = new();

    /// <summary>How long ago this process saw the read models move last; null before the first time.</summary>
    public TimeSpan? SinceMove => Interlocked.Read(ref lastMove) is not 0 and var at ? Stopwatch.GetElapsedTime(at) : null;

    /// <summary>Seconds spent in each stage of the live loop since the start: facts, fold, commit.</summary>
    public IReadOnlyDictionary<string, double> StageSeconds => new Dictionary<string, double>
    {
        ["facts"] = TimeSpan.FromTicks(Interlocked.Read(ref factsTicks)).TotalSeconds,
        ["fold"] = TimeSpan.FromTicks(Interlocked.Read(ref foldTicks)).TotalSeconds,
        ["commit"] = TimeSpan.FromTicks(Interlocked.Read(ref commitTicks)).TotalSeconds,
    };

    /// <summary>Events a second that this process applied to an instance lately.</summary>
    public double SpeedOf(InstanceId instance) => figures.TryGetValue(instance, out var known) ? known.Speed(Stopwatch.GetTimestamp()) : 0;

    /// <summary>Persons of an instance folded again since the start.</summary>
    public long RefoldsOf(InstanceId instance) => figures.TryGetValue(instance, out var known) ? known.Refolds : 0;

    /// <summary>Notes how long the stages of one batch took.</summary>
    public void Stages(TimeSpan facts, TimeSpan fold, TimeSpan commit)
    {
        Interlocked.Add(ref factsTicks, facts.Ticks);
        Interlocked.Add(ref foldTicks, fold.Ticks);
        Interlocked.Add(ref commitTicks, commit.Ticks);
    }

    /// <summary>Times a batch of the live loop.</summary>
    public Measured Batch(int count) => new(this, count, Stopwatch.GetTimestamp());

    /// <summary>Notes what a commit did to its instances.</summary>
    public void Committed(IReadOnlyList<(InstanceId Instance, long Events, int Refolds)> done)
    {
        foreach (var (instance, count, persons) in done)
        {
            figures.GetOrAdd(instance, static _ => new InstanceFigures()).Add(count, persons, Stopwatch.GetTimestamp());
            Interlocked.Add(ref refolds, persons);
            if (persons > 0) refolded.Add(persons, new KeyValuePair<string, object?>("instance", instance.ToString()));
        }
    }

    /// <summary>Counts events of a rebuild or backfill.</summary>
    public void Replayed(int count)
    {
        Interlocked.Add(ref replayedEvents, count);
        replayed.Add(count);
    }

    /// <summary>The read models moved.</summary>
    public void Moved() => Interlocked.Exchange(ref lastMove, Stopwatch.GetTimestamp());

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private void Done(int count, long start)
    {
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        batchTime.Record(elapsed);
        BatchTimes.Record(elapsed);
        applied.Add(count);
        Interlocked.Add(ref events, count);
        batchSpeed = EventsPerSecond == 0 ? count / elapsed : (0.8 * batchSpeed) + (0.2 * count / elapsed);
        Interlocked.Exchange(ref lastBatch, Stopwatch.GetTimestamp());
    }

    internal readonly struct Measured(EngineMeter meter, int count, long start)
    {
        /// <summary>The batch is applied; one that fails is not counted.</summary>
        public void Done() => meter.Done(count, start);
    }
}
