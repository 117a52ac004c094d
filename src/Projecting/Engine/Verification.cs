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
    /// the plain assembler instead of the facts the engine keeps. A parked person counts with what it had when it was parked.
    /// </summary>
    /// <param name="projection">The projection.</param>
    /// <param name="progress">Told the events read so far.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public Task<Comparison> VerifyAsync(string projection, IProgress<long>? progress, CancellationToken cancellationToken) =>
        VerifyAsync(catalog[projection], RunningSession().Registry.Live[projection].SchemaName, progress, cancellationToken);

    /// <summary>Folds the parked persons of a projection's live read model again: those that can be folded now are folded along from here on.</summary>
    /// <returns>How many persons are folded along again, counted once for each of the schema's instances.</returns>
    public async Task<int> RetryParkedAsync(string projection, CancellationToken cancellationToken)
    {
        var open = RunningSession();
        var schema = open.Registry.Live[catalog[projection].Name].SchemaName;
        return await open.AtBoundaryAsync(async () =>
        {
            var count = 0;
            foreach (var instance in open.Registry.All.Where(instance => instance.Id.Schema == schema && open.IsLive(instance)))
                count += await open.RetryParkedAsync(instance, cancellationToken);
            return count;
        }, cancellationToken);
    }

    private async Task<Comparison> VerifyAsync(Projection projection, string schema, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var open = RunningSession();
        var (stored, position, naive) = await open.AtBoundaryAsync(async () =>
        {
            var (cells, at) = await CellsAsync(schema, projection, [.. open.RevisionsOf(schema)], cancellationToken);
            var instances = open.Registry.All.Where(instance => instance.Id.Schema == schema && open.IsLive(instance));
            return (cells, at, new NaiveFold(open, [.. instances.Select(instance => new Frozen(instance))], projection));
        }, cancellationToken);
        if (position is { } through)
            await naive.ReadAsync(new LogFollower(log, Tuning).ReadAsync(null, through, cancellationToken), progress);
        return Compare(projection, stored, await naive.CellsAsync(position?.Commit ?? -1, cancellationToken), position);
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

        public async Task ReadAsync(IAsyncEnumerable<DecodedBatch> batches, IProgress<long>? progress)
        {
            long read = 0;
            await foreach (var batch in batches)
            {
                foreach (var e in batch.Events) Add(e);
                progress?.Report(read += batch.Events.Count);
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

        private void Add(DecodedEvent e)
        {
            if (e.Event is null || open.FindProject(e.ProjectId) is not { } project) return;
            if (!histories.TryGetValue(e.ProjectId, out var found))
                histories.Add(e.ProjectId, found = (project, new HistoryAssembler(order => OrderIds.Of(project, order))));
            found.History.Add(e.Event);
        }

        private void Fold(Project project, PersonHistory person, long position, CellSet cells)
        {
            var customer = CustomerKeys.Of(project.CustomerSecret, person.Events[0].Event.Customer);
            var key = open.Facts.JoinedPersonOf(project.Id, customer, position) is { } joined ? CustomerKeys.Of(project.CustomerSecret, joined.Representative) : customer;
            foreach (var instance in instances)
            {
                if (instance.Marks.ContainsKey(key)) continue;
                foreach (var fold in instance.FoldsOf(project.Id).Folds) fold.Apply(fold.NewState(), person.Events, cells);
            }
        }

        private async Task FoldMarkedAsync(Frozen instance, CustomerKey person, Mark mark, long position, CellSet cells, CancellationToken cancellationToken)
        {
            if (mark.AppliedTo < 0 || open.FindProject(mark.Project) is not { } project) return;
            IReadOnlyList<CustomerKey> customers = open.Facts.JoinedPersonOf(project.Id, person, position) is { } joined
                ? [.. joined.Customers.Select(customer => CustomerKeys.Of(project.CustomerSecret, customer))]
                : [person];
            var read = await open.Reader.ReadAsync(project.Id, customers, mark.AppliedTo, cancellationToken);
            new AppliedParts(open.Facts).Fold(project, customers, mark.AppliedTo, read.Events, instance.FoldsOf(project.Id), cells);
        }
    }
}
