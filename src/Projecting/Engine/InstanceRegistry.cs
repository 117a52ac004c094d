using System.Collections.Immutable;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projects;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// The instances this process owns, kept in step with what the projects define: a definition that nobody answers yet joins where its project has no events so far, and
/// gets a group of its own, replayed from zero, where it has.
/// </summary>
internal sealed class InstanceRegistry(
    ProjectionCatalog catalog, InstanceStore store, SchemaCatalog schemas, FactsView facts, Func<Instance, CancellationToken, Task> commit, ILogger logger)
{
    // Both are replaced whole, because others read them at any time.
    private volatile ImmutableDictionary<InstanceId, Instance> instances = ImmutableDictionary<InstanceId, Instance>.Empty;
    private volatile IReadOnlyDictionary<string, LiveRow> live = new Dictionary<string, LiveRow>();
    private IReadOnlyDictionary<string, Project> projects = new Dictionary<string, Project>();
    private Guid logId;

    /// <summary>Every instance of this process.</summary>
    public IReadOnlyCollection<Instance> All => [.. instances.Values];

    /// <summary>Which schema answers for each projection.</summary>
    public IReadOnlyDictionary<string, LiveRow> Live => live;

    /// <summary>Whether a schema answers for its projection.</summary>
    public bool IsLive(string schema) => live.Values.Any(row => row.SchemaName == schema);

    /// <summary>Begins without any instance.</summary>
    public async Task BeginAsync(Guid log, IReadOnlyDictionary<string, Project> current, CancellationToken cancellationToken)
    {
        (logId, projects) = (log, current);
        live = await store.LiveAsync(cancellationToken);
    }

    /// <summary>Loads what is in Postgres and makes what is missing.</summary>
    public async Task LoadAsync(Guid log, IReadOnlyDictionary<string, Project> current, CancellationToken cancellationToken)
    {
        await BeginAsync(log, current, cancellationToken);
        foreach (var projection in catalog.All.Where(projection => !live.ContainsKey(projection.Name)))
            await store.CreateSchemaAsync($"{projection.Name}_v{projection.Version}", projection, log, cancellationToken);
        live = await store.LiveAsync(cancellationToken);
        await AdoptAsync((await store.AllAsync(cancellationToken)).Where(row => row.Id != FactsInstance.Id), cancellationToken);
    }

    /// <summary>Loads what is in Postgres of one projection, which is this process's from now on.</summary>
    public async Task TakeInAsync(string projection, CancellationToken cancellationToken)
    {
        live = await store.LiveAsync(cancellationToken);
        await AdoptAsync((await store.AllAsync(cancellationToken)).Where(row => row.Projection == projection), cancellationToken);
    }

    /// <summary>Forgets a projection, which is another process's from now on; nobody may be at work on it.</summary>
    public void Forget(string projection) => instances = instances.RemoveRange(instances.Where(item => item.Value.Projection.Name == projection).Select(item => item.Key));

    /// <summary>Brings the schemas in step with the definitions: what is no longer defined goes from all of them, what is new comes to the live ones. Call at a boundary.</summary>
    /// <returns>New instances, which stand at nothing yet.</returns>
    public async Task<IReadOnlyList<Instance>> ReconcileAsync(IReadOnlyDictionary<string, Project> current, CancellationToken cancellationToken)
    {
        projects = current;
        await ForgetGoneAsync(cancellationToken);
        var added = new List<Instance>();
        foreach (var projection in catalog.All)
        {
            var schema = live[projection.Name].SchemaName;
            if (!instances.ContainsKey(new InstanceId(schema, 0))) continue;
            if (await ReconcileAsync(projection, schema, cancellationToken) is { } instance) added.Add(instance);
        }
        return added;
    }

    /// <summary>Makes a schema beside the live one of each projection, with all definitions there are; all of them or none.</summary>
    public async Task<IReadOnlyList<Instance>> CreateBesideAsync(IReadOnlyList<Projection> projections, CancellationToken cancellationToken)
    {
        var created = new List<Instance>();
        try
        {
            foreach (var projection in projections) created.Add(await CreateBesideAsync(projection, cancellationToken));
            return created;
        }
        catch (Exception)
        {
            foreach (var instance in created) await DropAsync(instance.Projection.Name, instance.Id.Schema, CancellationToken.None);
            throw;
        }
    }

    private async Task<Instance> CreateBesideAsync(Projection projection, CancellationToken cancellationToken)
    {
        var taken = (await store.AllAsync(cancellationToken)).Select(row => row.SchemaName).ToHashSet(StringComparer.Ordinal);
        var schema = $"{projection.Name}_v{projection.Version}";
        for (var number = 2; taken.Contains(schema); number++) schema = $"{projection.Name}_v{projection.Version}_r{number}";
        await store.CreateSchemaAsync(schema, projection, logId, cancellationToken);
        var id = new InstanceId(schema, 0);
        await store.AddRevisionsAsync(projection.Name, id, [.. Wanted(projection).Select(item => (item.Value.Fold.Revision, item.Value.Project))], cancellationToken);
        var instance = await AdoptAsync(id, projection, cancellationToken);
        await RefreshFoldsAsync(instance, cancellationToken);
        return instance;
    }

    /// <summary>Makes a group one with what its schema was built with; both stand at one position, with everything committed and nobody marked. Call at a boundary.</summary>
    public async Task MergeAsync(Instance group, CancellationToken cancellationToken)
    {
        var main = instances[group.Id with { Group = 0 }];
        await store.MergeAsync(group.Projection.Name, group.Id, group.Committed!.Value, cancellationToken);
        main.MergedGroups = [.. main.MergedGroups, group.Id.Group];
        await RefreshFoldsAsync(main, cancellationToken);
        // Only now: who asks for a revision of the group finds it in one of the two at any moment.
        instances = instances.Remove(group.Id);
    }

    /// <summary>Moves a projection's pointer.</summary>
    public async Task<bool> PointAsync(string projection, string from, string to, CancellationToken cancellationToken)
    {
        var moved = await store.PointAsync(projection, from, to, cancellationToken);
        live = await store.LiveAsync(cancellationToken);
        return moved;
    }

    /// <summary>Drops a schema that isn't live.</summary>
    public async Task DropAsync(string projection, string schema, CancellationToken cancellationToken)
    {
        instances = instances.RemoveRange(instances.Keys.Where(id => id.Schema == schema));
        await store.DropSchemaAsync(projection, schema, cancellationToken);
        live = await store.LiveAsync(cancellationToken);
    }

    /// <summary>The instance of a schema that keeps a revision, or null.</summary>
    public Instance? Find(string schema, long revision)
    {
        foreach (var instance in instances.Values)
            if (instance.Id.Schema == schema && instance.Revisions.Contains(revision)) return instance;
        return null;
    }

    /// <summary>Notes that instances have caught up with what is live.</summary>
    public async Task JoinAsync(IEnumerable<Instance> joined, CancellationToken cancellationToken)
    {
        foreach (var instance in joined.Where(instance => !instance.IsJoined))
        {
            await store.JoinAsync(instance.Projection.Name, instance.Id, cancellationToken);
            instance.IsJoined = true;
        }
    }

    /// <summary>Brings an instance back to what is committed.</summary>
    public async Task ReloadAsync(Instance instance, CancellationToken cancellationToken)
    {
        await instance.Busy.WaitAsync(cancellationToken);
        try
        {
            var row = await store.FindAsync(instance.Id, cancellationToken) ?? throw new InvalidOperationException($"{instance.Id} is gone.");
            instance.Reset(row.Position, row.Events, await store.MarksAsync(instance.Id, cancellationToken), await store.LostAsync(row, cancellationToken));
        }
        finally
        {
            instance.Busy.Release();
        }
    }

    /// <summary>Refuses code whose tables are not those that a read model of its version has.</summary>
    /// <exception cref="InvalidOperationException">They changed without a new version.</exception>
    public static void CheckSql(InstanceRow row, Projection projection)
    {
        if (row.Grp != 0 || row.Version != projection.Version || row.SqlHash == InstanceStore.SqlHash(projection)) return;
        throw new InvalidOperationException(
            $"The SQL of projection '{projection.Name}' changed, but its version is still {projection.Version}. Raise the version, then run 'analytics rebuild {projection.Name}'.");
    }

    private Projection? FindProjection(InstanceRow row)
    {
        var projection = catalog.All.FirstOrDefault(candidate => candidate.Name == row.Projection);
        if (projection is null || projection.Version != row.Version)
        {
            logger.LogWarning("{Instance} was built by {Projection} version {Version}, which this program does not have (it has {Have}): it stays as it is. Run 'analytics rebuild {Projection}'.",
                row.Id, row.Projection, row.Version, projection?.Version, row.Projection);
            return null;
        }
        CheckSql(row, projection);
        return projection;
    }

    private async Task AdoptAsync(IEnumerable<InstanceRow> rows, CancellationToken cancellationToken)
    {
        var adopted = new List<Instance>();
        foreach (var row in rows)
            if (FindProjection(row) is { } projection) adopted.Add(await AdoptAsync(row.Id, projection, cancellationToken));
        foreach (var instance in adopted) await RefreshFoldsAsync(instance, cancellationToken);
        await ForgetGoneAsync(cancellationToken);
    }

    private async Task<Instance> AdoptAsync(InstanceId id, Projection projection, CancellationToken cancellationToken)
    {
        var row = await store.TakeOverAsync(id, projection.Name, projection.Version, logId, cancellationToken);
        var instance = new Instance(id, projection, row.Epoch) { IsJoined = row.Joined };
        instance.Reset(row.Position, row.Events, await store.MarksAsync(id, cancellationToken), await store.LostAsync(row, cancellationToken));
        if (id.Group == 0) instance.MergedGroups = await store.MergedAsync(id.Schema, cancellationToken);
        instances = instances.SetItem(id, instance);
        return instance;
    }

    private async Task<Instance?> ReconcileAsync(Projection projection, string schema, CancellationToken cancellationToken)
    {
        var wanted = Wanted(projection);
        var kept = await store.RevisionsAsync(schema, cancellationToken);
        var known = kept.Select(item => item.Revision).ToHashSet();
        var missing = wanted.Values.Where(item => !known.Contains(item.Fold.Revision)).ToList();
        var free = missing.Where(item => facts.FirstPositionOf(item.Project) is null).ToList();
        var late = missing.Except(free).ToList();
        if (free.Count > 0) await store.AddRevisionsAsync(projection.Name, new InstanceId(schema, 0), [.. free.Select(item => (item.Fold.Revision, item.Project))], cancellationToken);
        if (free.Count > 0) await RefreshFoldsAsync(instances[new InstanceId(schema, 0)], cancellationToken);
        if (late.Count == 0) return null;

        var id = new InstanceId(schema, instances.Values.Where(other => other.Id.Schema == schema).SelectMany(other => other.MergedGroups.Prepend(other.Id.Group)).Max() + 1);
        var added = await AdoptAsync(id, projection, cancellationToken);
        await store.AddRevisionsAsync(projection.Name, id, [.. late.Select(item => (item.Fold.Revision, item.Project))], cancellationToken);
        await RefreshFoldsAsync(added, cancellationToken);
        return added;
    }

    // First nobody folds what is gone, then its cells are deleted: in the other order a catch-up could write some again in between.
    private async Task ForgetGoneAsync(CancellationToken cancellationToken)
    {
        foreach (var schema in instances.Values.GroupBy(instance => (instance.Id.Schema, instance.Projection)))
        {
            var wanted = Wanted(schema.Key.Projection);
            var kept = await store.RevisionsAsync(schema.Key.Schema, cancellationToken);
            var gone = kept.Where(item => !wanted.ContainsKey(item.Revision)).Select(item => item.Revision).ToList();
            if (gone.Count == 0) continue;
            foreach (var instance in schema) await RefreshFoldsAsync(instance, cancellationToken);
            await store.RemoveRevisionsAsync(schema.Key.Projection.Name, schema.Key.Schema, gone, schemas.TablesOf(schema.Key.Schema, schema.Key.Projection), cancellationToken);
        }
    }

    private async Task RefreshFoldsAsync(Instance instance, CancellationToken cancellationToken)
    {
        var origins = (await store.RevisionsAsync(instance.Id.Schema, cancellationToken))
            .Where(item => item.Group == instance.Id.Group).ToDictionary(item => item.Revision, item => item.Origin);
        await instance.Busy.WaitAsync(cancellationToken);
        try
        {
            await commit(instance, cancellationToken);
            instance.SetFolds(Wanted(instance.Projection).Where(item => origins.ContainsKey(item.Key)).Select(item => (item.Value.Project, item.Value.Fold, origins[item.Key])));
        }
        finally { instance.Busy.Release(); }
    }

    private Dictionary<long, (string Project, IFold Fold)> Wanted(Projection projection)
    {
        var wanted = new Dictionary<long, (string, IFold)>();
        foreach (var project in projects.Values)
            foreach (var definition in project.Definitions)
                if (!definition.IsRetired && projection.CreateFold(project, definition) is { } fold) wanted[fold.Revision] = (project.Id, fold);
        return wanted;
    }
}
