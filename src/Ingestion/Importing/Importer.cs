using System.Threading.Channels;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>
/// Takes in history: one Segment-format message a line, through the same validation and privacy as the tracking API; times are taken as given. Lines are judged on all
/// cores and appended in the order of the file as long as the log takes them, because where two messages compete (for an order id, for an anonymous id) the first one wins.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="clock">Tells when the import runs.</param>
public sealed class Importer(IEventLog log, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private readonly Appender appender = new(log);

    /// <summary>Imports a stream of lines. A refused line is reported and kept in the stream of refused events; it stops nothing.</summary>
    /// <param name="project">The project.</param>
    /// <param name="lines">NDJSON in UTF-8, decompressed.</param>
    /// <param name="progress">Told after every batch how far it is; may be null.</param>
    /// <param name="cancellationToken">Ends the import; what is in the log stays.</param>
    /// <returns>What came of it, also when it had to stop (<see cref="ImportReport.Failure"/>).</returns>
    public async Task<ImportReport> ImportAsync(Project project, Stream lines, IProgress<ImportReport>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(lines);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ImportTally tally;
        try
        {
            tally = new ImportTally(await HeadAsync(cancellationToken));
        }
        catch (ImportException error)
        {
            return new ImportReport { Failure = error.Message };
        }
        var judged = Channel.CreateBounded<Task<ImportBatch>>(Environment.ProcessorCount * 2);
        var reading = ReadAsync(ProjectRules.Of(project), lines, judged.Writer, stop.Token);
        try
        {
            await foreach (var next in judged.Reader.ReadAllAsync(stop.Token))
            {
                var batch = await next;
                tally.Add(batch, await AppendAsync(batch, stop.Token));
                progress?.Report(tally.ToReport());
            }
            await reading;
            return tally.ToReport();
        }
        catch (Exception error) when (error is ImportException or IOException or InvalidDataException)
        {
            return tally.ToReport() with { Failure = error.Message };
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    // A log that is away for a moment when an import begins is waited for as one that goes away in the middle.
    private async Task<LogPosition?> HeadAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++, pause *= 2)
        {
            try
            {
                return await log.GetHeadAsync(cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                if (attempt == Limits.MaxImportStarts)
                    throw new ImportException($"The log could not be read ({error.Message}) after {attempt} attempts; nothing was imported: start again when the log is back.");
            }
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    // Batches leave in the order in which they were read, however long each takes to judge: the channel holds their tasks.
    private async Task ReadAsync(ProjectRules rules, Stream lines, ChannelWriter<Task<ImportBatch>> target, CancellationToken cancellationToken)
    {
        var ids = new DerivedIds();
        var receivedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            await foreach (var batch in LineReader.ReadAsync(lines, cancellationToken))
            {
                var numbered = new ImportBatch(rules, receivedAt, batch);
                // Ids for lines without one depend on the lines before, so they are given here, in order; the rest needs no order.
                var parsed = numbered.Parse(ids);
                await target.WriteAsync(Task.Run(() => numbered.Judge(parsed), cancellationToken), cancellationToken);
            }
            target.Complete();
        }
        catch (Exception error)
        {
            target.Complete(error);
            throw;
        }
    }

    private async Task<Appended?[]> AppendAsync(ImportBatch batch, CancellationToken cancellationToken)
    {
        var outcomes = new Appended?[batch.Count];
        var plan = batch.Appends;
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++, pause *= 2)
        {
            await appender.AppendAsync(plan, outcomes, cancellationToken);
            // Only what failed is repeated. Appends are independent, so the others of the batch stand before it now, as if they had arrived before.
            plan = [.. plan.Where(planned => planned.Indexes.Any(index => outcomes[index] is Appended.Unknown))];
            if (plan.Count == 0) return outcomes;
            if (attempt == Limits.MaxImportAttempts)
                throw new ImportException($"The log did not acknowledge ({FirstFailure(outcomes)}) after {attempt} attempts, from line {batch.LineOf(plan[0].Indexes[0])} on; start the import again: nothing is counted twice.");
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private static string FirstFailure(Appended?[] outcomes) => outcomes.OfType<Appended.Unknown>().First().Reason;
}
