using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>How far a verification is. It reads the log once if it fits into memory, else several times.</summary>
/// <param name="Pass">The pass over the log that is going on, from 1.</param>
/// <param name="Passes">All passes, as far as is known: naming the persons behind differences adds some.</param>
/// <param name="Events">Events read in this pass.</param>
/// <param name="Total">Events of a pass.</param>
public sealed record VerificationProgress(int Pass, int Passes, long Events, long Total)
{
    /// <summary>Part of the reading that is done, 0 to 1.</summary>
    public double Fraction => Total == 0 ? 1 : Math.Clamp((Pass - 1 + (Events / (double)Total)) / Passes, 0, 1);
}

public sealed partial class ProjectionEngine
{
    /// <summary>
    /// Folds every person of the log anew, from the events alone, and compares with what is stored. Identity, duplicates and order claims are worked out again too, without the facts
    /// that the engine keeps. That no event was left out is told by the instances' counts and by the streams, which number their events. A parked person counts with what it had when it
    /// was parked. A log that does not fit into memory is read several times, each time for as many persons as do.
    /// </summary>
    /// <param name="projection">The projection.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Comparison> VerifyAsync(string projection, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        var open = await SessionWithAsync(catalog[projection].Name, cancellationToken);
        return await VerifyAsync(open, catalog[projection], open.Registry.Live[projection].SchemaName, progress, cancellationToken);
    }

    private async Task<Comparison> VerifyAsync(Session open, Projection projection, string schema, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        var (stored, position, frozen, applied) = await open.AtBoundaryAsync(async () =>
        {
            var (cells, at) = await CellsAsync(schema, projection, [.. open.RevisionsOf(schema)], cancellationToken);
            var instances = open.Registry.All.Where(instance => instance.Id.Schema == schema && open.IsLive(instance)).ToList();
            var rows = (await store.AllAsync(cancellationToken)).Where(row => instances.Any(instance => instance.Id == row.Id));
            return (cells, at, instances.ConvertAll(instance => new Frozen(instance)), rows.ToDictionary(row => row.Id, row => row.Events));
        }, cancellationToken);
        var passes = new LogPasses(log, position, applied.Values.DefaultIfEmpty().Max(), Tuning.VerifiedEvents, progress);
        var naive = new NaiveFold(open, frozen, projection, passes);
        await naive.ReadAsync(cancellationToken);
        var bound = position?.Commit ?? -1;
        var found = Compare(projection, stored, await naive.CellsAsync(bound, cancellationToken), position);
        var persons = await naive.PersonsOfAsync(found.Differences.Select(difference => difference.Key).ToHashSet(), bound, cancellationToken);
        var events = passes.EventCount;
        return found with
        {
            Differences = [.. found.Differences.Select(difference => difference with { Persons = persons.GetValueOrDefault(difference.Key, []) })],
            Unaudited = naive.Audit.Unaudited,
            Skipped = [.. position is { } end ? await naive.Audit.FinishAsync(log, end, cancellationToken) : [], .. applied.Where(item => item.Value != events).Select(item => $"{item.Key} applied {item.Value} of the log's {events} events")],
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
    private sealed class NaiveFold
    {
        private readonly Session open;
        private readonly IReadOnlyList<Frozen> instances;
        private readonly Projection projection;
        private readonly LogPasses log;
        private readonly NaiveFacts facts;
        private readonly PersonSlices slices;
        private readonly Dictionary<string, Project?> projects = new(StringComparer.Ordinal);

        public NaiveFold(Session open, IReadOnlyList<Frozen> instances, Projection projection, LogPasses log)
        {
            (this.open, this.instances, this.projection, this.log) = (open, instances, projection, log);
            facts = new NaiveFacts(FindProject);
            slices = new PersonSlices(log, facts);
        }

        /// <summary>Whether every event of every stream was read.</summary>
        public StreamAudit Audit { get; } = new();

        /// <summary>Reads what has to be known before any person can be folded.</summary>
        public async Task ReadAsync(CancellationToken cancellationToken, long atMost = long.MaxValue)
        {
            await log.ReadAsync(
                e =>
                {
                    Audit.Add(e);
                    facts.Doubt(e);
                },
                cancellationToken, atMost);
            await log.ReadAsync(facts.Decide, cancellationToken);
            facts.Finish();
        }

        public async Task<CellSet> CellsAsync(long position, CancellationToken cancellationToken)
        {
            var cells = new CellSet(projection.Tables);
            await slices.ForEachAsync((project, events) => Fold(project, events, position, cells), cancellationToken);
            foreach (var instance in instances)
                foreach (var (person, mark) in instance.Marks) await FoldMarkedAsync(instance, person, mark, position, cells, cancellationToken);
            return cells;
        }

        /// <summary>The first persons, by the position of their first event, whose events make some cells.</summary>
        public async Task<IReadOnlyDictionary<CellKey, IReadOnlyList<string>>> PersonsOfAsync(IReadOnlySet<CellKey> wanted, long position, CancellationToken cancellationToken)
        {
            var persons = wanted.ToDictionary(key => key, _ => new SortedList<long, string>());
            if (wanted.Count > 0) await slices.ForEachAsync(
                (project, events) =>
                {
                    var own = new CellSet(projection.Tables);
                    if (Fold(project, events, position, own) is not { } key) return;
                    foreach (var (cell, names) in persons)
                    {
                        if (!own.Rows.ContainsKey(cell)) continue;
                        names.Add(events[0].Position, $"{project}/{key}");
                        if (names.Count > CellDifference.MaxPersons) names.RemoveAt(CellDifference.MaxPersons);
                    }
                },
                cancellationToken);
            return persons.ToDictionary(item => item.Key, item => (IReadOnlyList<string>)[.. item.Value.Values]);
        }

        // Null if none of the events is activity.
        private CustomerKey? Fold(string projectId, IReadOnlyList<DecodedEvent> events, long position, CellSet cells)
        {
            if (FindProject(projectId) is not { } project) return null;
            var person = PersonHistory.From(id: "", WithoutDuplicates(events), facts.IsRepeatedOrder);
            if (person.Events.Length == 0) return null;
            var customer = CustomerKeys.Of(project.CustomerSecret, person.Events[0].Event.Customer);
            var key = open.Facts.JoinedPersonOf(project.Id, customer, position) is { } joined ? open.Facts.KeyOf(project, joined.Representative) : customer;
            foreach (var instance in instances)
            {
                if (instance.Marks.ContainsKey(key)) continue;
                foreach (var fold in instance.FoldsOf(project.Id).Folds) fold.Apply(fold.NewState(), person.Events, cells);
            }
            return key;
        }

        private List<AnalyticsEvent> WithoutDuplicates(IReadOnlyList<DecodedEvent> events)
        {
            var sent = events.Any(facts.MayRepeat) ? new HashSet<UInt128>(events.Count) : null;
            var own = new List<AnalyticsEvent>(events.Count);
            foreach (var e in events)
                if (sent?.Add(NaiveFacts.MessageOf(e)) != false) own.Add(e.Event!);
            return own;
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

        // In all passes a project is what it was when it came up first.
        private Project? FindProject(string id)
        {
            if (!projects.TryGetValue(id, out var project)) projects.Add(id, project = open.FindProject(id));
            return project;
        }
    }
}
