using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.Benchmarks.Whole;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.Ingestion;
using EventSourcedAnalytics.Projects;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.Benchmarks.Ingest;

/// <summary>
/// How fast a simulated shop's batches of 500 events are parsed, judged, encoded and appended, in process: against a log that drops everything, on one core, and against
/// the embedded one.
/// </summary>
public static class IngestBenchmark
{
    private const int BatchEvents = 500;
    private const int Batches = 200;
    private const int Rounds = 9;

    /// <summary>Runs it.</summary>
    /// <param name="args">Optional: events per round, default 200,000; senders at once with the embedded log, default 8.</param>
    /// <returns>One line of JSON.</returns>
    public static async Task<string> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var events = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200_000;
        var senders = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8;
        var bodies = SystemUnderTest.Bodies(Batches * BatchEvents, BatchEvents);
        await using var nothing = new NullLog();
        var oneCore = await MeasureAsync(nothing, bodies, events, senders: 1);
        var directory = Directory.CreateTempSubdirectory("ingest-bench-").FullName;
        try
        {
            await using var log = EmbeddedEventLog.Open(directory);
            var durable = await MeasureAsync(log, bodies, events, senders);
            return JsonSerializer.Serialize(new
            {
                benchmark = "ingest", batchEvents = BatchEvents, bytesPerEvent = bodies.Sum(body => body.Length) / (Batches * BatchEvents),
                nullLogPerSecond = (long)oneCore.Wall, nullLogCpuMicrosecondsPerEvent = Math.Round(oneCore.Cpu, 2), nullLogAllocatedBytesPerEvent = oneCore.Allocated,
                embeddedPerSecond = (long)durable.Wall, embeddedCpuMicrosecondsPerEvent = Math.Round(durable.Cpu, 2), embeddedAllocatedBytesPerEvent = durable.Allocated, embeddedSenders = senders,
            });
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // By the wall clock, and by the processor time of this process, which tells the cost even on a busy machine. The best of the rounds: others only ever take time away.
    private static async Task<(double Wall, double Cpu, long Allocated)> MeasureAsync(IEventLog log, byte[][] bodies, int events, int senders)
    {
        await using var services = new ServiceCollection().AddSingleton(log).AddProjects().AddIngestion().BuildServiceProvider();
        var mediator = services.GetRequiredService<IMediator>();
        var project = Project.After("bench", null, new ProjectCreated("Bench", new ProjectSettings(), Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef")), LogPosition.At(1));
        var rates = new (double Wall, double Cpu, long Allocated)[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var cpu = Environment.CpuUsage.TotalTime;
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
            {
                for (var i = sender; i < events / BatchEvents; i += senders)
                {
                    var answer = (TrackAnswer.Judged)await mediator.Send(new TrackBatch(project, bodies[i % Batches], Type: null));
                    if (answer.Failed.Count > 0) throw new InvalidOperationException(answer.Failed[0].Reasons[0].Message);
                }
            })));
            rates[round] = (events / watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / events, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / events);
        }
        return (rates.Max(rate => rate.Wall), rates.Min(rate => rate.Cpu), rates.Min(rate => rate.Allocated));
    }

    /// <summary>A log that takes everything and keeps nothing.</summary>
    private sealed class NullLog : IEventLog
    {
        public ValueTask<Guid> GetIdentityAsync(CancellationToken cancellationToken) => new(Guid.Empty);

        public ValueTask<AppendResult> AppendAsync(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
            new(new AppendResult.Appended(0, LogPosition.At(1)));

        public ValueTask<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
        {
            AppendResult taken = new AppendResult.Appended(0, LogPosition.At(1));
            var results = new AppendResult[appends.Count];
            Array.Fill(results, taken);
            return new(results);
        }

        public ValueTask<StreamPage> ReadStreamAsync(string stream, ReadDirection direction, long? from, int maxCount, CancellationToken cancellationToken) => new(new StreamPage(false, [], true));

        public ValueTask<LogPage> ReadAllAsync(LogPosition? after, int maxCount, StreamFilter filter, CancellationToken cancellationToken) => new(new LogPage([], after, true));

        public ValueTask<LogPosition?> GetHeadAsync(CancellationToken cancellationToken) => new((LogPosition?)null);

        public async IAsyncEnumerable<LogPage> SubscribeToAllAsync(LogPosition? after, int maxPageEvents, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield break;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
