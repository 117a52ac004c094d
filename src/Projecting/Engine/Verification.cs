using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    /// <summary>
    /// Folds every person of the log anew, from the events alone, and compares with what is stored. Identity, duplicates and order claims are worked out again too, by
    /// the plain assembler instead of the facts the engine keeps.
    /// </summary>
    /// <param name="projection">The projection.</param>
    /// <param name="progress">Told the events read so far.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Comparison> VerifyAsync(string projection, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var open = RunningSession();
        var code = catalog[projection];
        CellSet stored;
        LogPosition? position;
        IReadOnlyList<Folding.Instance> instances;
        await open.Boundary.WaitAsync(cancellationToken);
        try
        {
            (stored, position) = await CellsAsync(open.Registry.Live[projection].SchemaName, code, cancellationToken);
            instances = [.. open.Registry.All.Where(instance => instance.Id.Schema == open.Registry.Live[projection].SchemaName && open.IsLive(instance))];
        }
        finally
        {
            open.Boundary.Release();
        }
        var refolded = await RefoldAllAsync(code, instances, position, progress, cancellationToken);
        return Compare(code, stored, refolded, position);
    }

    private async Task<CellSet> RefoldAllAsync(
        Projection projection, IReadOnlyList<Folding.Instance> instances, LogPosition? through, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var histories = new Dictionary<string, HistoryAssembler>(StringComparer.Ordinal);
        if (through is { } end)
        {
            long read = 0;
            await foreach (var batch in new LogFollower(log, Tuning).ReadAsync(null, end, cancellationToken))
            {
                foreach (var e in batch.Events) Assemble(histories, e);
                progress?.Report(read += batch.Events.Count);
            }
        }
        var cells = new CellSet(projection.Tables);
        foreach (var (project, history) in histories)
        {
            var folds = instances.SelectMany(instance => instance.FoldsOf(project)).ToArray();
            foreach (var person in history.Persons())
                foreach (var fold in folds) fold.Apply(fold.NewState(), person.Events, cells);
        }
        return cells;
    }

    private void Assemble(Dictionary<string, HistoryAssembler> histories, DecodedEvent e)
    {
        if (e.Event is null || FindProject(e.ProjectId) is not { } project) return;
        if (!histories.TryGetValue(e.ProjectId, out var history))
            histories.Add(e.ProjectId, history = new HistoryAssembler(order => OrderIds.Of(project, order)));
        history.Add(e.Event);
    }
}
