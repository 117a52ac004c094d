using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Histories;

/// <summary>
/// The stages of the engine (facts, partitioner, folds, refolds, what a commit takes) over one project without database, timers and processes, driven step by step: so many
/// more histories can be tried than with a whole engine. One that is left behind without a commit has crashed.
/// </summary>
internal sealed class MemoryEngine
{
    private static readonly StreamFilter Customers = StreamFilter.ByPrefix(StreamNames.CustomerPrefix);

    private readonly IEventLog log;
    private readonly Project project;
    private readonly MemoryStore store;
    private readonly FactsView facts = new();
    private readonly FactsStage stage;
    private readonly Partitioner partitioner;
    private readonly FoldStage folding;
    private readonly List<Instance> live = [];
    private readonly List<Instance> behind = [];
    private FactsDelta decided = new();

    private MemoryEngine(IEventLog log, Project project, MemoryStore store, int workers, long? refoldBytes)
    {
        (this.log, this.project, this.store) = (log, project, store);
        stage = new FactsStage(log, facts, store, Find, KeyOf);
        partitioner = new Partitioner(facts, Find);
        folding = new FoldStage(partitioner, new PersonReader(log, facts, refoldBytes is null ? int.MaxValue : 1, refoldBytes ?? 0), facts, store, workers, new HeavyPersons(int.MaxValue, TimeSpan.Zero));
    }

    /// <summary>An engine that goes on from what is committed.</summary>
    /// <param name="log">The log.</param>
    /// <param name="project">The project, with all its definitions.</param>
    /// <param name="instances">The instances; those that stand behind the facts catch up when they are told to.</param>
    /// <param name="store">What is committed.</param>
    /// <param name="workers">Threads that fold.</param>
    /// <param name="refoldBytes">Bytes of events held when the log is read for persons that are folded again; null = their streams are read.</param>
    public static async Task<MemoryEngine> StartAsync(IEventLog log, Project project, IEnumerable<MemoryInstance> instances, MemoryStore store, int workers, long? refoldBytes)
    {
        var engine = new MemoryEngine(log, project, store, workers, refoldBytes);
        store.Load(engine.facts, engine.KeyOf);
        for (LogPosition? at = null; at != store.FactsPosition;)
        {
            var page = await log.ReadAllAsync(at, 100, Customers, CancellationToken.None);
            var batch = EventDecoder.Decode(page);
            batch.Events.RemoveAll(e => e.Position > store.FactsPosition!.Value.Commit);
            engine.stage.Remember(batch);
            at = page.LastPosition > store.FactsPosition || page.IsHead ? store.FactsPosition : page.LastPosition;
        }
        foreach (var instance in instances) await engine.AddAsync(instance);
        return engine;
    }

    /// <summary>Where the facts stand, committed or not.</summary>
    public LogPosition? Position { get; private set; }

    /// <summary>Instances that are not where the others are.</summary>
    public int Behind => behind.Count;

    /// <summary>Adds an instance: a new one starts before the first event.</summary>
    public async Task AddAsync(MemoryInstance added)
    {
        Position ??= store.FactsPosition;
        var instance = new Instance(added.Id, added.Projection, 1) { MergedGroups = [.. added.Merged] };
        var kept = store.Of(instance);
        instance.Reset(kept.Position, 0, kept.Marks, kept.Lost);
        instance.SetFolds(added.Kept(project));
        if (instance.Lost is not null) await RecoverAsync(instance);
        (instance.Position == Position ? live : behind).Add(instance);
    }

    /// <summary>Whose committed states are there although they are part of another person by now.</summary>
    public IEnumerable<CustomerKey> Strays() => store.Persons().Where(person => facts.PersonKeyOf(project, person, Position!.Value.Commit) != person);

    /// <summary>Folds the next events for everything that is live.</summary>
    /// <returns>False if there are none.</returns>
    public async Task<bool> StepAsync(int events, bool mayDefer)
    {
        var page = await log.ReadAllAsync(Position, events, Customers, CancellationToken.None);
        if (page.Events.Count == 0) return false;
        var batch = EventDecoder.Decode(page with { LastPosition = page.Events[^1].Position });
        await stage.MarkDuplicatesAsync(batch, CancellationToken.None);
        await stage.DecideAsync(batch, decided, CancellationToken.None);
        if (live.Count > 0) await folding.FoldAsync(batch, live, mayDefer, CancellationToken.None);
        Position = batch.End;
        return true;
    }

    /// <summary>Folds who waits again, and commits; states are left in memory, or not.</summary>
    public async Task CommitAsync(bool refold, int cachedPersons, bool leavesStates = false)
    {
        if (refold) foreach (var instance in live) await RefoldAsync(instance);
        if (Position is not { } position) return;
        foreach (var instance in live) Take(instance, cachedPersons, leavesStates);
        store.Apply(decided, position);
        decided = new FactsDelta();
    }

    /// <summary>Replays one batch for an instance that is behind; it joins the others when it has got there.</summary>
    public async Task CatchUpAsync(int events, bool commit, int cachedPersons)
    {
        if (behind.Count == 0 || Position is not { } target) return;
        var instance = behind[0];
        if (instance.Position < target || instance.Position is null)
        {
            await ReplayAsync(instance, events, target, mayDefer: true);
            if (commit) Take(instance, cachedPersons);
        }
        if (instance.Position != target) return;
        await RefoldAsync(instance);
        await CommitAsync(refold: true, cachedPersons);
        Take(instance, cachedPersons);
        behind.RemoveAt(0);
        live.Add(instance);
    }

    /// <summary>Makes a group one with its main instance if both are live and nobody is marked, as the engine does.</summary>
    /// <returns>False if it can't be now.</returns>
    public async Task<bool> MergeAsync(MemoryInstance main, MemoryInstance group, int cachedPersons)
    {
        if (live.Find(instance => instance.Id == main.Id) is not { } into || live.Find(instance => instance.Id == group.Id) is not { } from) return false;
        await CommitAsync(refold: true, cachedPersons);
        if (into.Marks.Count + from.Marks.Count > 0) return false;
        store.Merge(into, from);
        main.Take(group);
        into.MergedGroups = [.. main.Merged];
        into.SetFolds(main.Kept(project));
        live.Remove(from);
        return true;
    }

    // As the engine folds what came since the states were left.
    private async Task RecoverAsync(Instance instance)
    {
        var (through, random) = (instance.Position!.Value, new Random((int)instance.Position.Value.Commit));
        var recovery = new StateRecovery(instance);
        while (!(instance.Position >= through))
        {
            await ReplayAsync(instance, random.Next(1, 12), through, mayDefer: random.Next(2) == 0);
            recovery.DropCells();
        }
        recovery.End(facts, Find);
        await RefoldAsync(instance);
        Take(instance, int.MaxValue);
    }

    // One batch of what was decided before: as a follower reads it, or as a replay does.
    private async Task ReplayAsync(Instance instance, int events, LogPosition through, bool mayDefer)
    {
        var page = await log.ReadAllAsync(instance.Position, events, Customers, CancellationToken.None);
        var end = page.LastPosition is { } last && last < through && !page.IsHead ? last : through;
        page = page with { Events = [.. page.Events.TakeWhile(recorded => recorded.Position <= through)], LastPosition = end };
        if (events % 3 == 0)
        {
            var decoded = EventDecoder.Decode(page);
            facts.Mark(decoded);
            await folding.FoldAsync(decoded, [instance], mayDefer, CancellationToken.None);
            return;
        }
        using var stored = new StoredBatch(facts, instance.Activities);
        // Two pages make a batch.
        var half = page.Events.Count / 2;
        stored.Add(page with { Events = [.. page.Events.Take(half)] });
        stored.Add(page with { Events = [.. page.Events.Skip(half)] });
        await folding.FoldAsync(partitioner.Partition(stored, instance.Position?.Commit ?? -1), [instance], mayDefer, CancellationToken.None);
    }

    private void Take(Instance instance, int cachedPersons, bool leavesStates = false)
    {
        if (!instance.HasPending) return;
        store.Apply(InstanceChanges.TakeFrom(instance, int.MaxValue, leavesStates));
        if (!leavesStates) instance.States.Trim(cachedPersons);
    }

    private Task RefoldAsync(Instance instance) => folding.RetryAsync([instance], static (_, _) => true, Find, CancellationToken.None);

    private Project? Find(string id) => id == project.Id ? project : null;

    private CustomerKey? KeyOf(string id, CustomerId customer) => id == project.Id ? CustomerKeys.Of(project.CustomerSecret, customer) : null;
}

/// <summary>An instance of a <see cref="MemoryEngine"/>, as the engines that come after one another know it.</summary>
/// <param name="Projection">The projection.</param>
/// <param name="Group">Its group.</param>
/// <param name="Keys">The keys of the definitions it keeps.</param>
internal sealed record MemoryInstance(Projection Projection, int Group, HashSet<string> Keys)
{
    private readonly Dictionary<string, int> origins = new(StringComparer.Ordinal);

    public InstanceId Id => new(Projection.Name, Group);

    /// <summary>Groups that became one with it.</summary>
    public List<int> Merged { get; } = [];

    public IEnumerable<IFold> Folds(Project project) => Kept(project).Select(kept => kept.Fold);

    /// <summary>Its folds as <see cref="Instance.SetFolds"/> takes them.</summary>
    public IEnumerable<(string Project, IFold Fold, int Origin)> Kept(Project project)
    {
        foreach (var definition in project.Definitions)
            if (Keys.Contains(definition.Key) && Projection.CreateFold(project, definition) is { } fold) yield return (project.Id, fold, origins.GetValueOrDefault(definition.Key, Group));
    }

    /// <summary>Takes in what another keeps.</summary>
    public void Take(MemoryInstance group)
    {
        Keys.UnionWith(group.Keys);
        foreach (var key in group.Keys) origins.Add(key, group.Group);
        Merged.Add(group.Group);
    }
}
