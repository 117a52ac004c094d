using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    /// <summary>
    /// Folds every person of the log anew, from the events alone, and compares with what is stored. Identity, duplicates and order claims are worked out again too, by
    /// the plain assembler instead of the facts the engine keeps. That no event was left out is told by the instances' counts and by the streams, which number their events. A parked person counts with what it had when it was parked.
    /// </summary>
    /// <param name="projection">The projection.</param>
    /// <param name="progress">Told the events read so far.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Comparison> VerifyAsync(string projection, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var open = await SessionWithAsync(catalog[projection].Name, cancellationToken);
        return await VerifyAsync(open, catalog[projection], open.Registry.Live[projection].SchemaName, progress, cancellationToken);
    }

    private async Task<Comparison> VerifyAsync(Session open, Projection projection, string schema, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var (stored, position, naive, applied) = await open.AtBoundaryAsync(async () =>
        {
            var (cells, at) = await CellsAsync(schema, projection, [.. open.RevisionsOf(schema)], cancellationToken);
            var instances = open.Registry.All.Where(instance => instance.Id.Schema == schema && open.IsLive(instance)).ToList();
            var rows = (await store.AllAsync(cancellationToken)).Where(row => instances.Any(instance => instance.Id == row.Id));
            return (cells, at, new NaiveFold(open, [.. instances.Select(instance => new Frozen(instance))], projection), rows.ToDictionary(row => row.Id, row => row.Events));
        }, cancellationToken);
        if (position is { } through)
            await naive.ReadAsync(new LogFollower(log, Tuning).ReadAsync(null, through, cancellationToken), progress);
        var bound = position?.Commit ?? -1;
        var found = Compare(projection, stored, await naive.CellsAsync(bound, cancellationToken), position);
        var persons = naive.PersonsOf(found.Differences.Select(difference => difference.Key).ToHashSet(), bound);
        return found with
        {
            Differences = [.. found.Differences.Select(difference => difference with { Persons = persons.GetValueOrDefault(difference.Key, []) })],
            Unaudited = naive.Audit.Unaudited,
            Skipped = [.. position is { } end ? await naive.Audit.FinishAsync(log, end, cancellationToken) : [], .. applied.Where(item => item.Value != naive.EventCount).Select(item => $"{item.Key} applied {item.Value} of the log's {naive.EventCount} events")],
        };
    }

    /// <summary>What an instance folded and whom it left out, at the boundary where it was looked at.</summary>
    private sealed class Frozen(Instance instance)
    {
        private readonly Dictionary<string, ProjectFolds> folds = instance.Folds.ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal);

        public IReadOnlyDictionary<CustomerKey, Mark> Marks { get; } = new Dictionary<CustomerKey, Mark>(instance.Marks);

        public ProjectFolds FoldsOf(string project) => folds.GetValueOrDefault(project, ProjectFolds.None);
    }

    /// <summary>The numbers of some instances, from the events.</summary>
    private sealed class NaiveFold(Session open, IReadOnlyList<Frozen> instances, Projection projection)
    {
        private readonly Dictionary<string, (Project Project, HistoryAssembler History)> histories = new(StringComparer.Ordinal);

        /// <summary>Whether every event of every stream was read.</summary>
        public StreamAudit Audit { get; } = new();

        /// <summary>Events of customers that were read.</summary>
        public long EventCount { get; private set; }

        public async Task ReadAsync(IAsyncEnumerable<DecodedBatch> batches, IProgress<long>? progress)
        {
            await foreach (var batch in batches)
            {
                foreach (var e in batch.Events)
                {
                    Audit.Add(e);
                    Add(e);
                }
                EventCount += batch.Events.Count;
                progress?.Report(EventCount);
            }
        }

        public async Task<CellSet> CellsAsync(long position, CancellationToken cancellationToken)
        {
            var cells = new CellSet(projection.Tables);
            foreach (var (project, history) in histories.Values)
                foreach (var person in history.Persons())
                    if (person.Events.Length > 0) Fold(project, person, position, cells);
            foreach (var instance in instances)
                foreach (var (person, mark) in instance.Marks) await FoldMarkedAsync(instance, person, mark, position, cells, cancellationToken);
            return cells;
        }

        /// <summary>The first persons whose events make some cells.</summary>
        public IReadOnlyDictionary<CellKey, IReadOnlyList<string>> PersonsOf(IReadOnlySet<CellKey> wanted, long position)
        {
            var persons = wanted.ToDictionary(key => key, _ => new List<string>());
            if (wanted.Count > 0)
                foreach (var (project, history) in histories.Values)
                    foreach (var person in history.Persons().Where(person => person.Events.Length > 0))
                    {
                        var own = new CellSet(projection.Tables);
                        var key = Fold(project, person, position, own);
                        foreach (var (cell, names) in persons)
                            if (names.Count < CellDifference.MaxPersons && own.Rows.ContainsKey(cell)) names.Add($"{project.Id}/{key}");
                    }
            return persons.ToDictionary(item => item.Key, item => (IReadOnlyList<string>)item.Value);
        }

        private void Add(DecodedEvent e)
        {
            if (e.Event is null || open.FindProject(e.ProjectId) is not { } project) return;
            if (!histories.TryGetValue(e.ProjectId, out var found))
                histories.Add(e.ProjectId, found = (project, new HistoryAssembler(order => OrderIds.Of(project, order))));
            found.History.Add(e.Event);
        }

        private CustomerKey Fold(Project project, PersonHistory person, long position, CellSet cells)
        {
            var customer = CustomerKeys.Of(project.CustomerSecret, person.Events[0].Event.Customer);
            var key = open.Facts.JoinedPersonOf(project.Id, customer, position) is { } joined ? open.Facts.KeyOf(project, joined.Representative) : customer;
            foreach (var instance in instances)
            {
                if (instance.Marks.ContainsKey(key)) continue;
                foreach (var fold in instance.FoldsOf(project.Id).Folds) fold.Apply(fold.NewState(), person.Events, cells);
            }
            return key;
        }

        private async Task FoldMarkedAsync(Frozen instance, CustomerKey person, Mark mark, long position, CellSet cells, CancellationToken cancellationToken)
        {
            if (mark.AppliedTo < 0 || open.FindProject(mark.Project) is not { } project) return;
            IReadOnlyList<CustomerKey> customers = open.Facts.JoinedPersonOf(project.Id, person, position) is { } joined
                ? open.Facts.KeysOf(project, joined)
                : [person];
            var read = await open.Reader.ReadAsync(project.Id, customers, mark.AppliedTo, cancellationToken);
            new AppliedParts(open.Facts).Fold(project, customers, mark.AppliedTo, read, instance.FoldsOf(project.Id), cells);
        }
    }
}
