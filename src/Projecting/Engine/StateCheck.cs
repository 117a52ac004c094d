using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>Some persons with what is stored of them, all at one position.</summary>
/// <param name="Position">The position.</param>
/// <param name="Persons">The persons.</param>
/// <param name="Instances">The instances that keep states of them.</param>
/// <param name="IsBuilding">True if a further instance is being built: nobody is compared in it.</param>
internal sealed record StateSample(LogPosition? Position, IReadOnlyList<SampledPerson> Persons, IReadOnlyList<SampledInstance> Instances, bool IsBuilding);

/// <summary>A person of a sample.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Project">Its project; null if no definition counts it any more.</param>
internal sealed record SampledPerson(CustomerKey Key, Project? Project);

/// <summary>What an instance keeps of the persons of a sample.</summary>
/// <param name="Id">The instance.</param>
/// <param name="Folds">Its folds by project.</param>
/// <param name="Marked">Persons that are not folded along.</param>
/// <param name="States">The states.</param>
internal sealed record SampledInstance(
    InstanceId Id, IReadOnlyDictionary<string, ProjectFolds> Folds, IReadOnlySet<CustomerKey> Marked, IReadOnlyDictionary<CustomerKey, byte[]> States);

/// <summary>
/// Compares the stored state of a person with the one that its events make. A state has one form, whatever way led to it, so bytes are compared; both are read and written
/// once before, so that what an older program wrote in another form is no difference.
/// </summary>
internal static class StateCheck
{
    /// <summary>What was found of one person.</summary>
    /// <param name="IsSkipped">True if it was not compared in every instance.</param>
    /// <param name="Differences">Where the states differ.</param>
    public sealed record Result(bool IsSkipped, IReadOnlyList<StateDifference> Differences);

    /// <summary>Reads a person's streams and compares in every instance.</summary>
    public static async Task<Result> RunAsync(PersonReader reader, FactsView facts, StateSample sample, SampledPerson person, CancellationToken cancellationToken)
    {
        if (person.Project is not { } project || sample.Position is not { Commit: var bound }) return new Result(true, []);
        var name = $"{project.Id}/{person.Key}";
        var joined = facts.JoinedPersonOf(project.Id, person.Key, bound);
        IReadOnlyList<CustomerKey> customers = joined is null ? [person.Key] : facts.KeysOf(project, joined);
        if (joined is not null && facts.KeyOf(project, joined.Representative) is var key && key != person.Key)
            return new Result(false, [.. sample.Instances.Where(instance => HasState(instance, project, person.Key)).Select(instance =>
                new StateDifference(name, instance.Id.ToString(), $"it was joined with {key}, but has a state of its own"))]);
        var read = await reader.ReadAsync(project.Id, customers, bound, cancellationToken);
        var (isSkipped, differences) = (sample.IsBuilding, new List<StateDifference>());
        foreach (var instance in sample.Instances)
        {
            if (!instance.Folds.TryGetValue(project.Id, out var folds) || folds.IsEmpty) continue;
            if (instance.Marked.Contains(person.Key))
            {
                isSkipped = true;
                continue;
            }
            var stored = instance.States.GetValueOrDefault(person.Key);
            if (Difference(project, folds, stored, read, position => facts.IsRepeatedOrder(project.Id, position, bound)) is not { } what) continue;
            // What such a state still holds of a definition that is gone moved its clock, too.
            if (stored is not null && StateParts.TryRead(stored) is { } parts && parts.Parts.Except(folds.Parts).Any()) isSkipped = true;
            else differences.Add(new StateDifference(name, instance.Id.ToString(), what));
        }
        return new Result(isSkipped, differences);
    }

    // What a definition left that went, and came back since, is none.
    private static bool HasState(SampledInstance instance, Project project, CustomerKey person) =>
        instance.States.TryGetValue(person, out var stored) && instance.Folds.TryGetValue(project.Id, out var folds)
        && (StateParts.TryRead(stored) is not { } parts || parts.Parts.Intersect(folds.Parts).Any());

    private static string? Difference(Project project, ProjectFolds folds, byte[]? stored, PersonEvents read, Func<long, bool> isRepeatedOrder)
    {
        if (read.Failure is { } failure) return $"it is not parked, but {failure}";
        StateParts expected;
        try { expected = Normal(folds, PersonFolder.Fold(folds, read.ToList(), isRepeatedOrder, NoCells.Instance)); }
        catch (Exception error) when (error is not OutOfMemoryException) { return $"it is not parked, but can't be folded: {error.Message}"; }
        StateParts actual;
        try { actual = Normal(folds, stored is null ? PersonState.New(folds) : PersonState.Read(folds, stored)); }
        catch (Exception error) when (error is not OutOfMemoryException) { return $"the stored state can't be read: {error.Message}"; }
        return Difference(project, folds, expected, actual);
    }

    private static string? Difference(Project project, ProjectFolds folds, StateParts expected, StateParts actual)
    {
        var differing = folds.Folds.Where((_, number) => !expected.Folds[number].State.AsSpan().SequenceEqual(actual.Folds[number].State)).Select(fold => NameOf(project, fold.Revision)).ToList();
        if (differing.Count > 0) return string.Join(", ", differing);
        // A later time, which a definition that is gone may have left, only has the person folded again for nothing.
        if (expected.LastAt > actual.LastAt) return $"the time of its last event: {actual.LastAt} is stored, {expected.LastAt} by the events (ms since 1970)";
        return folds.NeedTraits && !expected.Traits.AsSpan().SequenceEqual(actual.Traits) ? "its traits" : null;
    }

    private static StateParts Normal(ProjectFolds folds, PersonState state) => StateParts.Read(PersonState.Read(folds, state.ToBytes()).ToBytes());

    private static string NameOf(Project project, long revision) => project.Definitions.Find(definition => definition.Revision == revision) is { } definition
        ? $"{definition.Kind.ToString().ToLowerInvariant()} {definition.Key}"
        : $"revision {revision}";

    /// <summary>Only the state is wanted.</summary>
    private sealed class NoCells : ICellSink
    {
        public static readonly NoCells Instance = new();

        public void Add(in CellKey key, int measure, Int128 delta)
        {
        }
    }
}
