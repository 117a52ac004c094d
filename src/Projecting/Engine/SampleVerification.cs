using System.Collections.Concurrent;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>A person whose stored state is not the one that its events make.</summary>
/// <param name="Person">The person, by project and key as in the names of its streams.</param>
/// <param name="Instance">The instance that keeps the state.</param>
/// <param name="What">The definition whose fold differs (<c>funnel checkout</c>), or what else does.</param>
public sealed record StateDifference(string Person, string Instance, string What)
{
    /// <summary>For people.</summary>
    public string ToText() => $"{Person} in {Instance}: {What}";
}

/// <summary>What a look at some persons found.</summary>
/// <param name="Position">The position that everything stood at.</param>
/// <param name="Seed">The same seed picks the same persons again, as long as no others come.</param>
/// <param name="Persons">Persons whose states were compared in every instance.</param>
/// <param name="Skipped">Persons left out in an instance: parked ones, those of a definition that is being built, and those whose state still counts a definition that is gone.</param>
/// <param name="Differences">The first differences, at most <see cref="Comparison.MaxDifferences"/>, by person.</param>
/// <param name="DifferenceCount">All differences.</param>
public sealed record SampleComparison(LogPosition? Position, int Seed, int Persons, int Skipped, IReadOnlyList<StateDifference> Differences, int DifferenceCount)
{
    /// <summary>True if every state that was compared is the one that the events make.</summary>
    public bool IsEqual => DifferenceCount == 0;
}

public sealed partial class ProjectionEngine
{
    /// <summary>
    /// Folds some persons anew, from their streams alone, and compares with the states that are stored of them. Whom the facts join is taken from the facts. It reads as much
    /// of the log as these persons have, however long the log is; it does not prove the sums over all persons, as <see cref="VerifyAsync(string, IProgress{VerificationProgress}?, CancellationToken)"/> does.
    /// </summary>
    /// <param name="projection">The projection.</param>
    /// <param name="persons">Persons wanted, 1 to <see cref="Limits.MaxSampledPersons"/>; of all that any live read model has a state of.</param>
    /// <param name="seed">Picks them.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="RebuildException">This process does not fold.</exception>
    public async Task<SampleComparison> VerifySampleAsync(string projection, int persons, int seed, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(persons, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(persons, Limits.MaxSampledPersons);
        var open = await SessionWithAsync(catalog[projection].Name, cancellationToken);
        var schema = open.Registry.Live[projection].SchemaName;
        var sample = await open.AtBoundaryAsync(() => PickAsync(open, schema, persons, seed, cancellationToken), cancellationToken);
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Limits.MaxParallelRefolds };
        var results = new ConcurrentBag<StateCheck.Result>();
        await Parallel.ForEachAsync(sample.Persons, options, async (person, token) => results.Add(await StateCheck.RunAsync(open.Reader, open.Facts, sample, person, token)));
        var differences = results.SelectMany(result => result.Differences).OrderBy(difference => difference.Person, StringComparer.Ordinal).ThenBy(difference => difference.Instance, StringComparer.Ordinal).ToList();
        return new SampleComparison(
            sample.Position, seed, results.Count(result => !result.IsSkipped), results.Count(result => result.IsSkipped), [.. differences.Take(Comparison.MaxDifferences)], differences.Count);
    }

    private async Task<StateSample> PickAsync(Session open, string schema, int count, int seed, CancellationToken cancellationToken)
    {
        var live = open.Registry.All.Where(open.IsLive).ToList();
        // Who has lost its state here is still known elsewhere.
        var pool = live.Where(instance => open.Registry.Live.Values.Any(pointer => pointer.SchemaName == instance.Id.Schema)).ToList();
        var keys = await new StateSampler(source).PickAsync(pool, count, seed, cancellationToken);
        var store = new StateStore(source);
        var projectOf = new Dictionary<CustomerKey, Project>();
        var compared = new List<SampledInstance>();
        foreach (var instance in pool)
        {
            var states = await store.ReadAsync(instance, keys, cancellationToken);
            foreach (var (key, bytes) in states)
                if (!projectOf.ContainsKey(key) && ProjectOf(open, instance, bytes) is { } project) projectOf.Add(key, project);
            if (instance.Id.Schema == schema) compared.Add(new SampledInstance(instance.Id, instance.Folds, instance.Marks.Keys.Where(keys.Contains).ToHashSet(), states));
        }
        var isBuilding = open.Registry.All.Any(instance => instance.Id.Schema == schema && !open.IsLive(instance));
        return new StateSample(open.Position, [.. keys.Select(key => new SampledPerson(key, projectOf.GetValueOrDefault(key)))], compared, isBuilding);
    }

    // A state doesn't name its project, but the parts of it do.
    private static Project? ProjectOf(Session open, Instance instance, byte[] bytes)
    {
        foreach (var part in StateParts.TryRead(bytes)?.Parts ?? [])
            foreach (var (project, folds) in instance.Folds)
                if (folds.Parts.Contains(part)) return open.FindProject(project);
        return null;
    }
}
