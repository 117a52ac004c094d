using System.Diagnostics;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    /// <summary>
    /// The engine between two failures: facts, instances and states in memory, all of which equal what is committed whenever no batch is at work.
    /// </summary>
    private sealed class Session
    {
        private readonly ProjectionEngine engine;
        private readonly FactsStore factsStore;
        private readonly FactsStage factsStage;
        private readonly FoldStage folding;
        private readonly LogFollower follower;
        private readonly List<Instance> live = [];
        private readonly List<Task> catchUps = [];
        private readonly CancellationTokenSource ending = new();
        private InvalidOperationException? failure;
        private long factsEpoch;
        private IReadOnlyDictionary<string, Project>? reconciled;

        public Session(ProjectionEngine engine)
        {
            this.engine = engine;
            factsStore = new FactsStore(engine.source);
            factsStage = new FactsStage(engine.log, Facts, factsStore, engine.FindProject, engine.KeyOf);
            folding = new FoldStage(new Partitioner(Facts, engine.FindProject, engine.KeyOf), new PersonReader(engine.log, Facts), Facts, new StateStore(engine.source), engine.Tuning.Workers);
            follower = new LogFollower(engine.log, engine.Tuning);
            Registry = new InstanceRegistry(engine.catalog, engine.store, engine.schemas, Facts, () => engine.AllProjects(), engine.logger);
        }

        public FactsView Facts { get; } = new();

        public InstanceRegistry Registry { get; }

        /// <summary>Held while a batch is at work, and by whoever needs everything to stand still between two batches.</summary>
        public SemaphoreSlim Boundary { get; } = new(1, 1);

        public async Task LoadAsync(CancellationToken cancellationToken)
        {
            var logId = await engine.log.GetIdentityAsync(cancellationToken);
            var head = await engine.log.GetHeadAsync(cancellationToken);
            if (head is not null) await engine.projects.WaitForAsync(head.Value, cancellationToken);
            var row = await engine.store.TakeOverAsync(FactsInstance.Id, "facts", 1, logId, cancellationToken);
            factsEpoch = row.Epoch;
            if (row.Position is { } stands && (head is null || stands > head))
                throw new WrongLogException($"The read models stand at position {stands}, but the log ends at {head?.ToString() ?? "the start"}: it is older than they are. " +
                    "Bring the newer log back, or start with an empty database, so that the read models are built from this log.");
            if (row.Position is { } position)
            {
                await factsStore.LoadAsync(Facts, position, engine.KeyOf, cancellationToken);
                await foreach (var batch in follower.ReadAsync(null, position, cancellationToken)) factsStage.Remember(batch);
            }
            await Registry.LoadAsync(logId, cancellationToken);
            engine.signal.Move(row.Position);
        }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending.Token);
            try
            {
                foreach (var instance in Registry.All) _ = Enter(instance, linked.Token);
                await ReconcileAsync(linked.Token);
                await foreach (var batch in follower.FollowAsync(Facts.Position, linked.Token)) await ApplyAsync(batch, linked.Token);
            }
            catch (OperationCanceledException) when (failure is not null && !cancellationToken.IsCancellationRequested)
            {
                throw failure;
            }
            finally
            {
                await ending.CancelAsync();
                await Task.WhenAll(catchUps);
            }
        }

        /// <summary>Takes a new instance in while everything runs.</summary>
        /// <returns>Done when the instance stands where the others stand.</returns>
        public async Task EnterAsync(Instance instance, CancellationToken cancellationToken)
        {
            Task entering;
            await Boundary.WaitAsync(cancellationToken);
            try { entering = Enter(instance, ending.Token); }
            finally { Boundary.Release(); }
            await entering.WaitAsync(cancellationToken);
        }

        // Along with the others if it stands where they stand, else by a catch-up.
        private Task Enter(Instance instance, CancellationToken cancellationToken)
        {
            if (instance.Position == Facts.Position)
            {
                live.Add(instance);
                return Task.CompletedTask;
            }
            var catchUp = CatchUpAsync(instance, cancellationToken);
            catchUps.Add(catchUp);
            return catchUp;
        }

        /// <summary>Looks at the definitions again with the next batch: another schema became live.</summary>
        public void Renew() => reconciled = null;

        /// <summary>Stops to fold an instance along. Call at a boundary.</summary>
        public void Leave(string schema) => live.RemoveAll(instance => instance.Id.Schema == schema);

        /// <summary>Whether an instance of this process is still behind what is live.</summary>
        public bool IsCatchingUp(InstanceId id) => Registry.All.FirstOrDefault(instance => instance.Id == id) is { } instance && !IsLive(instance);

        /// <summary>Whether an instance stands where everything live stands.</summary>
        public bool IsLive(Instance instance) => live.Contains(instance);

        private async Task ApplyAsync(DecodedBatch batch, CancellationToken cancellationToken)
        {
            await engine.projects.WaitForAsync(batch.End, cancellationToken);
            await Boundary.WaitAsync(cancellationToken);
            try
            {
                await ReconcileAsync(cancellationToken);
                using var measured = engine.meter.Batch(batch.Events.Count);
                var from = Facts.Position;
                var start = Stopwatch.GetTimestamp();
                var delta = await factsStage.DecideAsync(batch, cancellationToken);
                var decided = Stopwatch.GetTimestamp();
                var results = live.Count == 0 ? [] : await folding.FoldAsync(batch, live, cancellationToken);
                var folded = Stopwatch.GetTimestamp();
                await engine.committer.CommitAsync(new CommitUnit(results, batch.End, batch.RecordedAt, batch.Events.Count, delta, from, factsEpoch), cancellationToken);
                Advance(results, batch.End);
                engine.meter.Stages(Stopwatch.GetElapsedTime(start, decided), Stopwatch.GetElapsedTime(decided, folded), Stopwatch.GetElapsedTime(folded));
                engine.meter.Refolds(results.Sum(result => result.Refolds));
            }
            finally
            {
                Boundary.Release();
            }
            engine.signal.Move(batch.End);
            engine.Committed?.Invoke(batch.End);
        }

        private async Task ReconcileAsync(CancellationToken cancellationToken)
        {
            var current = engine.projects.Projects;
            if (ReferenceEquals(current, reconciled)) return;
            foreach (var instance in await Registry.ReconcileAsync(cancellationToken)) _ = Enter(instance, ending.Token);
            reconciled = current;
        }

        private async Task CatchUpAsync(Instance instance, CancellationToken cancellationToken)
        {
            await Task.Yield();
            try
            {
                while (Facts.Position is { } target && instance.Position != target) await ReplayAsync(instance, target, cancellationToken);
                await Boundary.WaitAsync(cancellationToken);
                try
                {
                    if (Facts.Position is { } here && instance.Position != here) await ReplayAsync(instance, here, cancellationToken);
                    live.Add(instance);
                }
                finally
                {
                    Boundary.Release();
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                failure = new InvalidOperationException($"The catch-up of {instance.Id} stopped at {instance.Position}: {error.Message}", error);
                await ending.CancelAsync();
            }
        }

        private async Task ReplayAsync(Instance instance, LogPosition target, CancellationToken cancellationToken)
        {
            await foreach (var batch in follower.ReadAsync(instance.Position, target, cancellationToken))
            {
                foreach (var e in batch.Events)
                {
                    e.IsDuplicate = Facts.IsDuplicate(e.Position);
                    e.IsRepeatedOrder = Facts.IsRepeatedOrder(e.Position);
                }
                await instance.Busy.WaitAsync(cancellationToken);
                try
                {
                    var results = await folding.FoldAsync(batch, [instance], cancellationToken);
                    await engine.committer.CommitAsync(new CommitUnit(results, batch.End, batch.RecordedAt, batch.Events.Count), cancellationToken);
                    Advance(results, batch.End);
                }
                finally
                {
                    instance.Busy.Release();
                }
                engine.meter.Replayed(batch.Events.Count);
            }
        }

        private static void Advance(IReadOnlyList<BatchResult> results, LogPosition end)
        {
            foreach (var result in results)
            {
                result.Instance.Position = end;
                foreach (var person in result.Unmarked) result.Instance.Marks.Remove(person);
                foreach (var (person, (_, mark)) in result.Marked) result.Instance.Marks[person] = mark;
            }
        }
    }
}
