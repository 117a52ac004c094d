using System.Diagnostics;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.ReadModels;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>How far a rebuild is.</summary>
/// <param name="Projection">The projection; of several that are rebuilt together the one that is behind most.</param>
/// <param name="Schema">Where it is built.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="Target">Where the live read model stands.</param>
/// <param name="EventsPerSecond">Events a second so far.</param>
/// <param name="Remaining">Estimated time left; null while nothing can be said.</param>
/// <param name="Waiting">Persons whose events came late: they are folded again once the target is reached.</param>
public sealed record RebuildProgress(string Projection, string Schema, LogPosition? Position, LogPosition? Target, double EventsPerSecond, TimeSpan? Remaining, int Waiting)
{
    /// <summary>Whether all of the log was read, and those are folded again who wait for it.</summary>
    public bool IsSecondPass => Position is not null && Position >= Target && Waiting > 0;

    /// <summary>Part of the log that is done, 0 to 1.</summary>
    public double Fraction => Target is not { Commit: > 0 } target ? 1 : Math.Clamp((Position?.Commit ?? 0) / (double)target.Commit, 0, 1);
}

/// <summary>A cell in which two read models differ.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The row.</param>
/// <param name="Measure">The measure's column.</param>
/// <param name="Left">Value in the live (or stored) read model.</param>
/// <param name="Right">Value in the new (or refolded) one.</param>
public sealed record CellDifference(string Table, CellKey Key, string Measure, Int128 Left, Int128 Right)
{
    /// <summary>Most persons named for a cell.</summary>
    public const int MaxPersons = 5;

    /// <summary>Persons whose events make the cell, by project and key, at most <see cref="MaxPersons"/>; empty where two read models are compared.</summary>
    public IReadOnlyList<string> Persons { get; init; } = [];

    /// <summary>For people: table, row, measure, both values, persons.</summary>
    public string ToText() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Table} {Key} {Measure}: {Left} <> {Right}")
        + (Persons.Count == 0 ? "" : $" (from {string.Join(", ", Persons)})");
}

/// <summary>What a comparison of two read models found.</summary>
/// <param name="Position">The position both stood at.</param>
/// <param name="LeftHash">Hash of the live (or stored) one.</param>
/// <param name="RightHash">Hash of the new (or refolded) one.</param>
/// <param name="Cells">Cells compared.</param>
/// <param name="Differences">The first differences, at most <see cref="MaxDifferences"/>.</param>
/// <param name="DifferenceCount">All differences.</param>
public sealed record Comparison(LogPosition? Position, string LeftHash, string RightHash, long Cells, IReadOnlyList<CellDifference> Differences, long DifferenceCount)
{
    /// <summary>Differences that are listed.</summary>
    public const int MaxDifferences = 20;

    /// <summary>
    /// Instances that applied more or fewer events than the log holds up to their position, and streams of which an event was not read; empty if none was skipped, or where
    /// two read models are compared.
    /// </summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>Events of streams beyond <see cref="Limits.MaxAuditedStreams"/>, which were counted as a whole only.</summary>
    public long Unaudited { get; init; }

    /// <summary>True if both hold the same numbers, from all events.</summary>
    public bool IsEqual => DifferenceCount == 0 && Skipped.Count == 0;
}

/// <summary>A step of a rebuild that can't be done as things stand.</summary>
public sealed class RebuildException(string message) : Exception(message);

public sealed partial class ProjectionEngine
{
    /// <summary>Builds a new read model of a projection from position zero beside the live one, until it stands where the live one stands.</summary>
    /// <returns>The schema it was built in.</returns>
    /// <exception cref="RebuildException">A rebuild of the projection is there already, or it stopped on its way.</exception>
    /// <exception cref="KeyNotFoundException">There is no such projection.</exception>
    public async Task<string> RunRebuildAsync(string projection, IProgress<RebuildProgress>? progress, CancellationToken cancellationToken) =>
        (await RunRebuildsAsync([projection], progress, cancellationToken))[0];

    /// <summary>Builds new read models of some projections beside the live ones, all of them in one pass over the log.</summary>
    /// <param name="projections">Their names.</param>
    /// <param name="progress">Told how far the one is that is behind most.</param>
    /// <param name="cancellationToken">Ends the wait, not the work.</param>
    /// <returns>The schemas they were built in, in the same order.</returns>
    /// <exception cref="RebuildException">A rebuild of one of them is there already: then none is begun. Or some stopped on their way: the others are there.</exception>
    /// <exception cref="KeyNotFoundException">There is no such projection.</exception>
    public async Task<IReadOnlyList<string>> RunRebuildsAsync(IReadOnlyList<string> projections, IProgress<RebuildProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(projections?.Count ?? 0, nameof(projections));
        List<Projection> codes = [.. projections!.Distinct(StringComparer.Ordinal).Select(name => catalog[name])];
        Session open = null!;
        foreach (var code in codes) open = await SessionWithAsync(code.Name, cancellationToken);
        RefuseBeside(open, codes);
        var instances = await open.AtBoundaryAsync(() =>
        {
            // Somebody else may have begun one while this one waited.
            RefuseBeside(open, codes);
            return open.Registry.CreateBesideAsync(codes, cancellationToken);
        }, cancellationToken);
        var entering = open.EnterAsync(instances, cancellationToken);
        var clock = Stopwatch.StartNew();
        while (await Task.WhenAny(entering, Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken)) != entering)
            progress?.Report(ProgressOf(instances, clock.Elapsed));
        await entering;
        var stopped = instances.Where(instance => !open.IsLive(instance)).ToList();
        if (stopped.Count > 0)
            throw new RebuildException(string.Join(" ", stopped.Select(instance =>
                $"The rebuild of '{instance.Projection.Name}' stopped at {instance.Position}: {instance.Failure ?? LastFailure ?? "it was dropped"}.")));
        progress?.Report(ProgressOf(instances, clock.Elapsed));
        return [.. instances.Select(instance => instance.Id.Schema)];
    }

    /// <summary>
    /// Compares the read model built beside the live one with the live one, both at one position, over the definitions that both answer. A live one of another version of
    /// the code can't be read by this one: then the new one is compared with the naive fold of the log.
    /// </summary>
    /// <exception cref="RebuildException">There is nothing to compare with.</exception>
    public async Task<Comparison> CompareAsync(string projection, CancellationToken cancellationToken)
    {
        var code = catalog[projection];
        var open = await SessionWithAsync(code.Name, cancellationToken);
        var beside = Beside(open, projection) ?? throw new RebuildException($"No read model of '{projection}' was built beside the live one. Run 'analytics rebuild run {projection}' first.");
        var live = open.Registry.Live[projection].SchemaName;
        if (open.Registry.All.All(instance => instance.Id.Schema != live)) return await VerifyAsync(open, code, beside, null, cancellationToken);
        return await open.AtBoundaryAsync(async () =>
        {
            if (!open.Registry.All.Where(instance => instance.Id.Schema == beside).All(open.IsLive))
                throw new RebuildException($"{beside} stands behind the live read model: wait until it has caught up.");
            var common = open.RevisionsOf(live).Intersect(open.RevisionsOf(beside)).ToHashSet();
            var (left, position) = await CellsAsync(live, code, common, cancellationToken);
            var (right, _) = await CellsAsync(beside, code, common, cancellationToken);
            return Compare(code, left, right, position);
        }, cancellationToken);
    }

    /// <summary>
    /// Makes the read model built beside the live one the live one, in one statement. The one before stays for a rollback; one before that is dropped. Numbers that differ
    /// must be declared by a new version of the code: without one both are compared first.
    /// </summary>
    /// <param name="projection">The projection.</param>
    /// <param name="acceptDifferences">True to promote whatever differs: for a live read model that is known to be wrong.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The schema that is live now.</returns>
    /// <exception cref="RebuildException">There is none, it stands behind, or its numbers differ without a new version.</exception>
    public async Task<string> PromoteAsync(string projection, bool acceptDifferences, CancellationToken cancellationToken)
    {
        var open = await SessionWithAsync(catalog[projection].Name, cancellationToken);
        var live = open.Registry.Live[projection];
        var target = Beside(open, projection) ?? throw new RebuildException($"Nothing to promote: no read model of '{projection}' was built beside the live one.");
        if (!acceptDifferences && open.Registry.All.Any(instance => instance.Id.Schema == live.SchemaName))
            RefuseUndeclared(projection, await CompareAsync(projection, cancellationToken));
        await PointAsync(open, projection, live.SchemaName, target, cancellationToken);
        if (live.Previous is { } older) await DropAsync(open, projection, older, cancellationToken);
        return target;
    }

    /// <inheritdoc cref="PromoteAsync(string, bool, CancellationToken)"/>
    public Task<string> PromoteAsync(string projection, CancellationToken cancellationToken) => PromoteAsync(projection, acceptDifferences: false, cancellationToken);

    /// <summary>Makes the read model that was live before live again.</summary>
    /// <returns>The schema that is live now.</returns>
    /// <exception cref="RebuildException">There is none any more.</exception>
    public async Task<string> RollbackAsync(string projection, CancellationToken cancellationToken)
    {
        var open = await SessionWithAsync(catalog[projection].Name, cancellationToken);
        var live = open.Registry.Live[projection];
        var target = live.Previous ?? throw new RebuildException($"Nothing to roll back to: '{projection}' has no previous read model.");
        await PointAsync(open, projection, live.SchemaName, target, cancellationToken);
        return target;
    }

    /// <summary>Drops every read model of a projection that isn't live.</summary>
    /// <returns>The schemas dropped.</returns>
    public async Task<IReadOnlyList<string>> DropAsync(string projection, CancellationToken cancellationToken)
    {
        var open = await SessionWithAsync(catalog[projection].Name, cancellationToken);
        var live = open.Registry.Live[projection].SchemaName;
        var schemasToDrop = (await store.AllAsync(cancellationToken)).Where(row => row.Projection == projection && row.SchemaName != live).Select(row => row.SchemaName).Distinct().ToList();
        foreach (var schema in schemasToDrop) await DropAsync(open, projection, schema, cancellationToken);
        return schemasToDrop;
    }

    private static void RefuseBeside(Session open, IEnumerable<Projection> codes)
    {
        var there = codes.Select(code => Beside(open, code.Name)).OfType<string>().ToList();
        if (there.Count > 0) throw new RebuildException($"There is a read model beside the live one already: {string.Join(", ", there)}. Promote it or drop it first.");
    }

    private static void RefuseUndeclared(string projection, Comparison comparison)
    {
        if (comparison.IsEqual) return;
        throw new RebuildException($"{comparison.DifferenceCount} cells of the new read model differ from the live one, but the version of '{projection}' is the same: " +
            string.Join("; ", comparison.Differences.Select(difference => difference.ToText())) +
            ". If the code was changed, raise its version; if the live read model is known to be wrong (see 'analytics verify'), promote with --accept-differences.");
    }

    private static Task<string> DropAsync(Session open, string projection, string schema, CancellationToken cancellationToken) => open.AtBoundaryAsync(async () =>
    {
        await open.LeaveAsync(schema, cancellationToken);
        await open.Registry.DropAsync(projection, schema, cancellationToken);
        return schema;
    }, cancellationToken);

    private static string? Beside(Session open, string projection)
    {
        var live = open.Registry.Live[projection];
        return open.Registry.All.Where(instance => instance.Projection.Name == projection && instance.Id.Schema != live.SchemaName && instance.Id.Schema != live.Previous)
            .Select(instance => instance.Id.Schema).FirstOrDefault();
    }

    private async Task PointAsync(Session open, string projection, string from, string to, CancellationToken cancellationToken)
    {
        await open.AtBoundaryAsync(async () =>
        {
            if (!open.Registry.All.Any(instance => instance.Id.Schema == to) || !open.Registry.All.Where(instance => instance.Id.Schema == to).All(open.IsLive))
                throw new RebuildException($"{to} stands behind the live read model: numbers would go back. Wait until it has caught up.");
            if (!await open.Registry.PointAsync(projection, from, to, cancellationToken))
                throw new RebuildException($"Somebody else moved the pointer of '{projection}' meanwhile; look at 'analytics status' and try again.");
            open.Renew();
            return to;
        }, cancellationToken);
    }

    private RebuildProgress ProgressOf(IReadOnlyList<Instance> instances, TimeSpan elapsed)
    {
        var last = instances.MinBy(instance => (instance.IsDropped, instance.Position?.Commit ?? -1))!;
        var done = last.Position?.Commit ?? 0;
        var target = Position;
        var speed = elapsed.TotalSeconds < 0.1 ? 0 : done / elapsed.TotalSeconds;
        TimeSpan? remaining = speed < 1 || target is null ? null : TimeSpan.FromSeconds(Math.Max(0, target.Value.Commit - done) / speed);
        return new RebuildProgress(last.Projection.Name, last.Id.Schema, last.Position, target, speed, remaining, instances.Max(instance => instance.IsDropped ? 0 : instance.Waiting));
    }

    private async Task<(CellSet Cells, LogPosition? Position)> CellsAsync(string schema, Projection projection, HashSet<long> revisions, CancellationToken cancellationToken)
    {
        var cells = new CellSet(projection.Tables);
        var position = await new ReadModelScan(source, schemas).ReadAsync(schema, projection, (key, sums) =>
        {
            if (!revisions.Contains(key.Revision)) return;
            for (var i = 0; i < sums.Length; i++) if (sums[i] != 0) cells.Add(key, i, sums[i]);
        }, cancellationToken);
        return (cells, position);
    }

    private static Comparison Compare(Projection projection, CellSet left, CellSet right, LogPosition? position)
    {
        var (leftHash, rightHash) = (new ReadModelHash(projection), new ReadModelHash(projection));
        leftHash.Add(left);
        rightHash.Add(right);
        var differences = new List<CellDifference>();
        long count = 0;
        foreach (var key in left.Rows.Keys.Union(right.Rows.Keys))
        {
            var table = projection.Tables[key.Table];
            for (var measure = 0; measure < table.Measures.Count; measure++)
            {
                var (a, b) = (left.Get(key, measure), right.Get(key, measure));
                if (a == b) continue;
                count++;
                if (differences.Count < Comparison.MaxDifferences) differences.Add(new CellDifference(table.Name, key, table.Measures[measure], a, b));
            }
        }
        return new Comparison(position, leftHash.ToString(), rightHash.ToString(), left.Rows.Count, differences, count);
    }

    // What an operator does about a projection is done by the owner, with all of it in its hands.
    private async Task<Session> SessionWithAsync(string projection, CancellationToken cancellationToken)
    {
        // A process that has just started is about to have them.
        if (session is null && lease is not null) await Task.WhenAny(begun.Task, Task.Delay(Limits.StartWait, cancellationToken));
        var open = session ?? throw new RebuildException(lease is null
            ? $"This process stands by; the projections are run by {Owner ?? "nobody at the moment"}. Send the request there."
            : $"The projections are not running at the moment: {LastFailure ?? "they are starting (see 'analytics status'); try again when they have"}.");
        await open.BringHomeAsync(projection, cancellationToken);
        return open;
    }
}
