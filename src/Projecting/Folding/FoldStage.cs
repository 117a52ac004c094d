using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// Folds a batch, in memory, for all instances that stand at the same position: in order where events come in order, from the person's first event where they don't.
/// After an exception the instances are worth nothing any more: they start again from what is committed.
/// </summary>
internal sealed class FoldStage(Partitioner partitioner, PersonReader reader, FactsView facts, ICommittedStates store, int workers, HeavyPersons heavy)
{
    private readonly Refolder refolder = new(facts);
    private readonly int workers = workers > 0 ? workers : Environment.ProcessorCount;

    /// <summary>Folds a batch.</summary>
    /// <param name="batch">The batch, decided by the facts stage.</param>
    /// <param name="instances">Instances that all stand right before the batch.</param>
    /// <param name="mayDefer">True if persons that must be folded again may wait for it: they are marked.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public Task FoldAsync(DecodedBatch batch, IReadOnlyList<Instance> instances, bool mayDefer, CancellationToken cancellationToken) =>
        FoldAsync(partitioner.Partition(batch, instances[0].Position?.Commit ?? -1), instances, mayDefer, cancellationToken);

    /// <summary>Folds a batch that is sorted by person.</summary>
    /// <param name="batch">What the <see cref="Partitioner"/> made of it.</param>
    /// <param name="instances">Instances that all stand right before the batch.</param>
    /// <param name="mayDefer">True if persons that must be folded again may wait for it: they are marked.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task FoldAsync(PersonBatch batch, IReadOnlyList<Instance> instances, bool mayDefer, CancellationToken cancellationToken)
    {
        var checkpoint = instances[0].Position?.Commit ?? -1;
        foreach (var instance in instances)
        {
            instance.States.BeginBatch();
            await LoadStatesAsync(instance, batch, cancellationToken);
        }

        var late = FoldInOrder(batch, instances, cancellationToken);
        late = refolder.Defer(late, instances, checkpoint, work => mayDefer || heavy.MustWait(work.Person));
        await RefoldAsync(late, instances, checkpoint, batch.End.Commit, cancellationToken);
        foreach (var instance in instances)
        {
            instance.Position = batch.End;
            instance.Pending.Events += batch.EventCount;
            instance.Events += batch.EventCount;
        }
    }

    /// <summary>Folds marked persons again, as of where their instances stand: each person's events are read once, however many instances wait for it.</summary>
    /// <param name="instances">Instances that all stand at one position; nothing else may be at work on them.</param>
    /// <param name="isWanted">Which of their marked persons.</param>
    /// <param name="projects">The projects.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task RetryAsync(IReadOnlyList<Instance> instances, Func<CustomerKey, Mark, bool> isWanted, ProjectLookup projects, CancellationToken cancellationToken)
    {
        if (instances.Count == 0 || instances[0].Position is not { Commit: var position }) return;
        var marked = new Dictionary<CustomerKey, (PersonWork Work, List<int> Instances)>();
        for (var index = 0; index < instances.Count; index++)
        {
            foreach (var (person, mark) in instances[index].Marks)
            {
                if (!isWanted(person, mark) || projects(mark.Project) is not { } project) continue;
                if (!marked.TryGetValue(person, out var found)) marked.Add(person, found = (partitioner.Marked(project, person, position), []));
                found.Instances.Add(index);
            }
        }
        if (marked.Count > 0) await RefoldAsync([.. marked.Values], instances, position, position, cancellationToken);
    }

    private async Task LoadStatesAsync(Instance instance, PersonBatch persons, CancellationToken cancellationToken)
    {
        if (instance.States.IsComplete) return;
        var missing = new HashSet<CustomerKey>();
        foreach (var work in persons.All)
        {
            if (instance.FoldsOf(work.Project.Id).IsEmpty) continue;
            if (!instance.States.Holds(work.Person)) missing.Add(work.Person);
            if (work.JoinedFrom is null) continue;
            foreach (var old in work.JoinedFrom) if (!instance.States.Holds(old.Key)) missing.Add(old.Key);
        }
        if (missing.Count == 0) return;
        var found = await store.ReadAsync(instance, missing, cancellationToken);
        foreach (var person in missing) instance.States.Load(person, found.GetValueOrDefault(person));
    }

    private List<(PersonWork Work, List<int> Instances)> FoldInOrder(PersonBatch persons, IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
    {
        foreach (var work in persons.Joined) JoinedStates.Resolve(work, instances);
        var first = new FoldWorker(0, instances, persons.RepeatedOrders);
        if (persons.Count < Limits.MinParallelPersons || workers == 1)
        {
            foreach (var partition in persons.Partitions) foreach (var work in partition) first.Fold(work);
            return first.Late;
        }
        FoldWorker[] all = [first, .. Enumerable.Range(1, workers - 1).Select(number => new FoldWorker(number, instances, persons.RepeatedOrders))];
        var next = -1;
        Parallel.For(0, workers, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = workers }, number =>
        {
            // A batch of a replay is long: an end is not put off until it is folded.
            for (var partition = Interlocked.Increment(ref next); partition < Limits.FoldPartitions && !cancellationToken.IsCancellationRequested; partition = Interlocked.Increment(ref next))
                foreach (var work in persons.Partitions[partition]) all[number].Fold(work);
        });
        cancellationToken.ThrowIfCancellationRequested();
        return [.. all.SelectMany(worker => worker.Late)];
    }

    private async Task RefoldAsync(
        List<(PersonWork Work, List<int> Instances)> late, IReadOnlyList<Instance> instances, long checkpoint, long end, CancellationToken cancellationToken)
    {
        if (late.Count == 0) return;
        await reader.ForEachAsync(
            late.ConvertAll(item => (item.Work.Project.Id, item.Work.StreamsBy(facts))), end, instances[0].Events,
            (number, read) =>
            {
                var (work, indices) = late[number];
                heavy.Note(work.Person, read.Count);
                foreach (var index in indices) refolder.Refold(work, instances[index], read, checkpoint, end);
            },
            cancellationToken);
    }
}

/// <summary>The states that are committed.</summary>
internal interface ICommittedStates
{
    /// <summary>The states of some persons; those without one are left out.</summary>
    Task<Dictionary<CustomerKey, byte[]>> ReadAsync(Instance instance, IReadOnlyCollection<CustomerKey> persons, CancellationToken cancellationToken);
}
