using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// Folds a batch for all instances that stand at the same position: in order where events come in order, from the person's first event where they don't.
/// </summary>
internal sealed class FoldStage(Partitioner partitioner, PersonReader reader, FactsView facts, StateStore store, int workers)
{
    private readonly AppliedParts applied = new(facts);

    /// <summary>Folds a batch.</summary>
    /// <param name="batch">The batch, decided by the facts stage.</param>
    /// <param name="instances">Instances that all stand right before the batch.</param>
    /// <param name="cancellationToken">Ends the work; nothing has been written then.</param>
    public async Task<IReadOnlyList<BatchResult>> FoldAsync(DecodedBatch batch, IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
    {
        var checkpoint = instances[0].Position?.Commit ?? -1;
        var partitions = partitioner.Partition(batch, checkpoint);
        var results = instances.Select(instance => new BatchResult(instance)).ToArray();
        foreach (var result in results) await LoadStatesAsync(result.Instance, partitions, cancellationToken);

        var parts = partitions.Select(_ => new Part(results)).ToArray();
        Parallel.For(0, partitions.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = workers }, index =>
        {
            foreach (var work in partitions[index]) FoldInOrder(work, parts[index]);
        });
        var late = parts.SelectMany(part => part.Late).ToList();
        await RefoldAsync(late, parts, checkpoint, batch.End.Commit, cancellationToken);
        foreach (var part in parts) part.AddTo(results);
        return results;
    }

    /// <summary>Folds parked persons again, as of where their instance stands.</summary>
    /// <param name="instance">The instance; nothing else may be at work on it.</param>
    /// <param name="persons">The parked persons.</param>
    /// <param name="cancellationToken">Ends the work; nothing has been written then.</param>
    public async Task<BatchResult> RetryAsync(Instance instance, IReadOnlyList<PersonWork> persons, CancellationToken cancellationToken)
    {
        BatchResult[] results = [new(instance)];
        var position = instance.Position?.Commit ?? -1;
        var parts = Enumerable.Range(0, Limits.FoldPartitions).Select(_ => new Part(results)).ToArray();
        await RefoldAsync([.. persons.Select(person => (person, new List<int> { 0 }))], parts, position, position, cancellationToken);
        foreach (var part in parts) part.AddTo(results);
        return results[0];
    }

    private async Task LoadStatesAsync(Instance instance, List<PersonWork>[] partitions, CancellationToken cancellationToken)
    {
        instance.States.Trim();
        var missing = new Dictionary<CustomerKey, string>();
        foreach (var work in partitions.SelectMany(list => list))
        {
            if (instance.FoldsOf(work.Project.Id).Length == 0) continue;
            foreach (var key in work.JoinedFrom is null ? [work.Person] : work.JoinedFrom.Select(old => old.Key).Append(work.Person))
                if (!instance.States.TryGet(key, out _)) missing[key] = work.Project.Id;
        }
        if (missing.Count == 0) return;
        var found = instance.Position is null
            ? []
            : await store.ReadAsync(instance.Id, missing.Keys, cancellationToken);
        foreach (var (key, project) in missing)
            instance.States.Set(key, found.TryGetValue(key, out var bytes) ? PersonState.Read(instance.FoldsOf(project), bytes) : null);
    }

    private static void FoldInOrder(PersonWork work, Part part)
    {
        if (work.Unreadable is null) work.Events.Sort(static (left, right) => AnalyticsEvent.Compare(left.Event!, right.Event!));
        List<int>? late = null;
        for (var i = 0; i < part.Results.Length; i++)
        {
            var instance = part.Results[i].Instance;
            var folds = instance.FoldsOf(work.Project.Id);
            if (folds.Length == 0 || (instance.Marks.ContainsKey(work.Person) && work.JoinedFrom is null)) continue;
            if (work.Unreadable is not null || !TryFoldInOrder(work, instance, folds, part, i)) (late ??= []).Add(i);
        }
        if (late is not null) part.Late.Add((work, late));
    }

    private static bool TryFoldInOrder(PersonWork work, Instance instance, IFold[] folds, Part part, int index)
    {
        if (!TryFindState(work, instance, out var key, out var known)) return false;
        var state = known ?? PersonState.New(folds);
        try
        {
            if (!PersonFolder.TryApply(folds, state, work.Events, part.Journal)) return false;
        }
        catch (Exception)
        {
            // The state may be half changed: it is read again if the person is ever folded on. The refold finds out whether the person can be folded at all.
            part.Journal.Discard();
            return false;
        }
        part.Journal.FlushTo(part.Cells[index]);
        part.SetState(index, work.Person, state, folds);
        if (known is not null && key != work.Person) part.Gone[index].Add(key);
        return true;
    }

    // A person that was joined in this batch can go on from the one state there is; from two it must be folded again.
    private static bool TryFindState(PersonWork work, Instance instance, out CustomerKey key, out PersonState? state)
    {
        key = work.Person;
        state = null;
        if (work.JoinedFrom is null) return instance.States.TryGet(work.Person, out state);
        foreach (var old in work.JoinedFrom)
        {
            if (instance.Marks.ContainsKey(old.Key)) return false;
            if (!instance.States.TryGet(old.Key, out var found) || found is null) continue;
            if (state is not null) return false;
            (key, state) = (old.Key, found);
        }
        return true;
    }

    private async Task RefoldAsync(List<(PersonWork Work, List<int> Instances)> late, Part[] parts, long checkpoint, long end, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Limits.MaxParallelRefolds };
        await Parallel.ForEachAsync(late, options, async (item, token) =>
        {
            var (work, instances) = item;
            var part = parts[Partitioner.PartitionOf(work.Person)];
            var read = await reader.ReadAsync(work.Project.Id, work.Streams, end, token);
            lock (part)
            {
                foreach (var index in instances) Refold(work, part, index, read, checkpoint);
            }
        });
    }

    private void Refold(PersonWork work, Part part, int index, PersonEvents read, long checkpoint)
    {
        var instance = part.Results[index].Instance;
        var folds = instance.FoldsOf(work.Project.Id);
        var olds = work.JoinedFrom ?? [new OldPerson(work.Person, work.Streams)];
        try
        {
            if (read.Failure is { } failure) throw new InvalidOperationException(failure);
            TakeBack(work, part, instance, olds, read.Events, checkpoint);
            part.Journal.Sign = 1;
            var state = PersonFolder.Fold(folds, read.Events, position => facts.IsRepeatedOrder(work.Project.Id, position), part.Journal);
            part.Journal.FlushTo(part.Cells[index]);
            part.SetState(index, work.Person, state, folds);
            part.Refolds[index]++;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            part.Journal.Discard();
            Park(work, part, index, olds, read.Events, error, checkpoint);
        }
        foreach (var old in olds)
        {
            if (instance.Marks.ContainsKey(old.Key)) part.Unmarked[index].Add(old.Key);
            if (old.Key != work.Person) part.Gone[index].Add(old.Key);
        }
    }

    private void TakeBack(PersonWork work, Part part, Instance instance, IReadOnlyList<OldPerson> olds, List<AnalyticsEvent> events, long checkpoint)
    {
        part.Journal.Sign = -1;
        foreach (var old in olds)
            applied.Fold(work.Project, old.Customers, BoundOf(instance, old, checkpoint), events, instance.FoldsOf(work.Project.Id), part.Journal);
    }

    // What the person contributed so far stays; it is no longer folded along until somebody retries. Joined persons that stood at different positions
    // have no common one to stay at, so what they contributed is taken back.
    private void Park(PersonWork work, Part part, int index, IReadOnlyList<OldPerson> olds, List<AnalyticsEvent> events, Exception error, long checkpoint)
    {
        var instance = part.Results[index].Instance;
        var bounds = olds.Select(old => BoundOf(instance, old, checkpoint)).Distinct().ToList();
        if (bounds.Count > 1)
        {
            TakeBack(work, part, instance, olds, events, checkpoint);
            part.Journal.FlushTo(part.Cells[index]);
        }
        part.Marked[index][work.Person] = new Mark(work.Project.Id, bounds.Count == 1 ? bounds[0] : -1, error.Message);
        part.States[index].Remove(work.Person);
    }

    private static long BoundOf(Instance instance, OldPerson old, long checkpoint) => instance.Marks.TryGetValue(old.Key, out var mark) ? mark.AppliedTo : checkpoint;

    /// <summary>What one partition's folds produce; only one thread at a time works on it.</summary>
    private sealed class Part(BatchResult[] results)
    {
        private readonly StateWriter outer = new();
        private readonly StateWriter inner = new();

        public BatchResult[] Results { get; } = results;

        public JournalSink Journal { get; } = new();

        public CellSet[] Cells { get; } = [.. results.Select(result => new CellSet(result.Instance.Projection.Tables))];

        public Dictionary<CustomerKey, (PersonState State, byte[] Bytes)>[] States { get; } = [.. results.Select(_ => new Dictionary<CustomerKey, (PersonState, byte[])>())];

        public List<CustomerKey>[] Gone { get; } = [.. results.Select(_ => new List<CustomerKey>())];

        public Dictionary<CustomerKey, Mark>[] Marked { get; } = [.. results.Select(_ => new Dictionary<CustomerKey, Mark>())];

        public List<CustomerKey>[] Unmarked { get; } = [.. results.Select(_ => new List<CustomerKey>())];

        public int[] Refolds { get; } = new int[results.Length];

        public List<(PersonWork Work, List<int> Instances)> Late { get; } = [];

        public void SetState(int index, CustomerKey person, PersonState state, IFold[] folds) =>
            States[index][person] = (state, state.Write(folds, outer, inner));

        public void AddTo(BatchResult[] all)
        {
            for (var i = 0; i < all.Length; i++)
            {
                all[i].Cells.AddAll(Cells[i]);
                all[i].Refolds += Refolds[i];
                foreach (var (person, (state, bytes)) in States[i])
                {
                    all[i].States[person] = bytes;
                    all[i].Instance.States.Set(person, state);
                }
                foreach (var person in Gone[i])
                {
                    all[i].Gone.Add(person);
                    all[i].Instance.States.Set(person, null);
                }
                foreach (var (person, mark) in Marked[i]) all[i].Marked[person] = mark;
                all[i].Unmarked.UnionWith(Unmarked[i]);
            }
        }
    }
}
