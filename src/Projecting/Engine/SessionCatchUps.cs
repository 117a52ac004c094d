using System.Diagnostics;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Folding;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    // What is behind: a rebuild or a new definition replays beside the live loop and joins it where it stands.
    private sealed partial class Session
    {
        private readonly HashSet<Instance> entered = [];

        /// <summary>Takes new instances in while everything runs.</summary>
        /// <returns>Done when each of them stands where the others stand, or has given up.</returns>
        public async Task EnterAsync(IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
        {
            Task entering;
            await Boundary.WaitAsync(cancellationToken);
            try
            {
                // Not by the caller's token, as at any boundary.
                await FlushAsync(ending.Token);
                entering = Enter(instances);
                await Registry.JoinAsync([.. instances.Where(IsLive)], ending.Token);
            }
            finally { Boundary.Release(); }
            await entering.WaitAsync(cancellationToken);
        }

        /// <summary>Ends all work on a schema. Call at a boundary.</summary>
        public Task LeaveAsync(string schema, CancellationToken cancellationToken) => LeaveAsync(instance => instance.Id.Schema == schema, cancellationToken);

        private async Task LeaveAsync(Func<Instance, bool> leaves, CancellationToken cancellationToken)
        {
            live = [.. live.Where(instance => !leaves(instance))];
            foreach (var instance in Registry.All.Where(leaves))
            {
                await instance.Busy.WaitAsync(cancellationToken);
                instance.IsDropped = true;
                await EndedAsync(instance.Landing);
                instance.Busy.Release();
            }
            // What it held goes with it.
            entered.RemoveWhere(leaves.Invoke);
        }

        // At a boundary. Along with the others if they stand where the others stand, else by a catch-up: one for all that stand at one position.
        private Task Enter(IReadOnlyList<Instance> instances)
        {
            entered.UnionWith(instances);
            var there = instances.ToLookup(instance => instance.Position == Position && instance.Lost is null);
            live = [.. live, .. there[true]];
            var started = ByPosition(there[false]).ConvertAll(together => CatchUpAsync(together, ending.Token));
            foreach (var catchUp in started) catchUps.Add(catchUp);
            return Task.WhenAll(started);
        }

        // A catch-up that fails leaves the live read models alone: it is tried again from what is committed, and then stays behind with the reason.
        private async Task CatchUpAsync(IReadOnlyList<Instance> instances, CancellationToken cancellationToken, int attempt = 1)
        {
            await Task.Yield();
            try
            {
                while (!await TryJoinAsync(instances, attempt, cancellationToken))
                {
                    if (attempt == Limits.MaxCatchUpAttempts) return;
                    await Task.Delay(Limits.CatchUpPause * attempt++, cancellationToken);
                    if (instances.Count == 1 || attempt <= Limits.CatchUpAttemptsTogether) continue;
                    // It is more than a moment without Postgres: what is wrong with one of them must not stop the others.
                    await Task.WhenAll(instances.Select(instance => CatchUpAsync([instance], cancellationToken, attempt)));
                    return;
                }
            }
            catch (CheckpointConflictException error)
            {
                await FailAsync(error);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                engine.logger.LogError(error, "The catch-up of {Instances} stopped at {Position}.", NamesOf(instances), instances[0].Position);
                foreach (var instance in instances) instance.Failure = error.Message;
            }
        }

        private async Task<bool> TryJoinAsync(IReadOnlyList<Instance> instances, int attempt, CancellationToken cancellationToken)
        {
            try
            {
                if (attempt > 1)
                {
                    foreach (var instance in instances)
                    {
                        await EndedAsync(instance.Landing);
                        await Registry.ReloadAsync(instance, cancellationToken);
                    }
                    // Some of them were committed, others not: they go on in groups.
                    if (ByPosition(instances) is { Count: > 1 } groups)
                    {
                        await Task.WhenAll(groups.Select(together => CatchUpAsync(together, cancellationToken, attempt)));
                        return true;
                    }
                }
                await JoinAsync(instances, cancellationToken);
                foreach (var instance in instances) instance.Failure = null;
                return true;
            }
            catch (Exception error) when (error is not (OperationCanceledException or CheckpointConflictException))
            {
                engine.logger.LogError(error, "The catch-up of {Instances} failed at {Position} (attempt {Attempt} of {Attempts}).",
                    NamesOf(instances), instances[0].Position, attempt, Limits.MaxCatchUpAttempts);
                foreach (var instance in instances) instance.Failure = error.Message;
                // What answers already must go on; what is new may stay behind, with its reason.
                if (attempt == Limits.MaxCatchUpAttempts && instances.Any(instance => instance.IsJoined)) await FailAsync(error);
                return false;
            }
        }

        private static List<IReadOnlyList<Instance>> ByPosition(IEnumerable<Instance> instances) =>
            [.. instances.GroupBy(instance => instance.Position).Select(IReadOnlyList<Instance> (together) => [.. together])];

        private static string NamesOf(IReadOnlyList<Instance> instances) => string.Join(", ", instances.Select(instance => instance.Id));

        // All of them stand at one position, and go on together.
        private async Task JoinAsync(IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
        {
            // A checkpoint ahead of the facts waits for them: what they will decide up to there is what they decided before.
            if (instances[0].Position is { } ahead) await standing.WaitAsync(ahead, Timeout.InfiniteTimeSpan, cancellationToken);
            await RecoverAsync(instances, cancellationToken);
            while (instances.Count > 0 && Position is { } target && !(instances[0].Position >= target)) instances = await ReplayAsync(instances, target, cancellationToken);
            await Boundary.WaitAsync(cancellationToken);
            try
            {
                await FlushAsync(cancellationToken);
                if (instances.Count > 0 && Position is { } here && instances[0].Position != here) instances = await ReplayAsync(instances, here, cancellationToken);
                instances = [.. instances.Where(instance => !instance.IsDropped)];
                await Registry.JoinAsync(instances, cancellationToken);
                live = [.. live, .. instances];
                Tell();
                await MergeGroupsAsync(cancellationToken);
            }
            finally
            {
                Boundary.Release();
            }
        }

        // A process ended with states that it had left in memory: they come first.
        private async Task RecoverAsync(IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
        {
            foreach (var together in instances.Where(instance => instance.Lost is not null).GroupBy(instance => instance.Lost!.Since))
                await HoldAsync([.. together], held => RecoverAsync(held, together.Key, held[0].Position!.Value, cancellationToken), cancellationToken);
        }

        private async Task RecoverAsync(IReadOnlyList<Instance> instances, LogPosition? since, LogPosition through, CancellationToken cancellationToken)
        {
            engine.logger.LogInformation("States of {Instances} went with a process that had left them in memory: what came after {Since} up to {Through} is folded once more.",
                NamesOf(instances), since?.ToString() ?? "the start", through);
            var recoveries = instances.Select(instance => new StateRecovery(instance)).ToList();
            var told = Stopwatch.StartNew();
            await foreach (var batch in ReadSortedAsync(instances, since, through, cancellationToken))
            {
                await folding.FoldAsync(batch, instances, mayDefer: true, cancellationToken);
                foreach (var recovery in recoveries) recovery.DropCells();
                batch.Memory?.Dispose();
                engine.meter.Replayed(batch.EventCount * instances.Count);
                if (told.Elapsed < Limits.ProgressReport) continue;
                engine.logger.LogInformation("States of {Instances} are folded once more: at {Position} of {Through}.", NamesOf(instances), batch.End, through);
                told.Restart();
            }
            foreach (var recovery in recoveries) recovery.End(Facts, FindProject);
            await folding.RetryAsync(instances, static (_, mark) => mark.Reason is null, FindProject, cancellationToken);
            await CommitAsync(instances, cancellationToken);
            engine.logger.LogInformation("States of {Instances} are there again, as of {Through}.", NamesOf(instances), through);
        }

        // A group that has caught up goes on as part of what its schema was built with, unless somebody is marked in either: then later. At a boundary with everything committed.
        private async Task MergeGroupsAsync(CancellationToken cancellationToken)
        {
            foreach (var group in live.Where(instance => instance.Id.Group > 0 && instance.Marks.Count == 0))
            {
                if (!live.Any(main => main.Id == group.Id with { Group = 0 } && main.Marks.Count == 0)) continue;
                try
                {
                    await Registry.MergeAsync(group, cancellationToken);
                }
                catch (Exception error)
                {
                    await FailAsync(error);
                    throw;
                }
                live = [.. live.Where(instance => instance != group)];
            }
        }

        // Gives those that were not dropped meanwhile.
        private async Task<IReadOnlyList<Instance>> ReplayAsync(IReadOnlyList<Instance> instances, LogPosition target, CancellationToken cancellationToken)
        {
            var lastCommit = Stopwatch.GetTimestamp();
            await foreach (var batch in ReadSortedAsync(instances, instances[0].Position, target, cancellationToken))
            {
                instances = await HoldAsync(
                    instances,
                    async held =>
                    {
                        await folding.FoldAsync(batch, held, mayDefer: true, cancellationToken);
                        foreach (var instance in held) instance.RecordedAt = batch.RecordedAt ?? instance.RecordedAt;
                        if (!MustCommit(held, lastCommit)) return;
                        await BeginCommitAsync(held, cancellationToken);
                        lastCommit = Stopwatch.GetTimestamp();
                    },
                    cancellationToken);
                batch.Memory?.Dispose();
                if (instances.Count == 0) return instances;
                engine.meter.Replayed(batch.EventCount * instances.Count);
            }
            return await FinishAsync(instances, cancellationToken);
        }

        // Each batch is sorted while the one before is folded: all that it takes was decided before.
        private IAsyncEnumerable<PersonBatch> ReadSortedAsync(IReadOnlyList<Instance> instances, LogPosition? after, LogPosition through, CancellationToken cancellationToken)
        {
            var activities = ActivitiesOf(instances);
            var checkpoint = after?.Commit ?? -1;
            var events = live.Select(static instance => instance.Events).DefaultIfEmpty().Max() - (after is null ? 0 : instances[0].Events);
            return follower.ReplayAsync(after, through, events, () => new StoredBatch(Facts, activities), Sort, cancellationToken);

            PersonBatch Sort(StoredBatch batch)
            {
                var sorted = partitioner.Partition(batch, checkpoint);
                checkpoint = batch.End.Commit;
                return sorted;
            }
        }

        // Names of the activity that any of them looks at; null = all.
        private static HashSet<string>? ActivitiesOf(IReadOnlyList<Instance> instances) =>
            instances.Any(instance => instance.Activities is null) ? null : instances.SelectMany(instance => instance.Activities!).ToHashSet(StringComparer.Ordinal);

        // A person that comes in every batch is one row of a commit, so what is to be written counts, not the events that made it; unless an operator set how many may wait.
        private bool MustCommit(IReadOnlyList<Instance> instances, long lastCommit) =>
            Stopwatch.GetElapsedTime(lastCommit) > Limits.CatchUpCommitInterval
            || instances.Sum(instance => instance.States.DirtyCount + instance.Pending.Rows) >= engine.Tuning.UncommittedRows
            || (instances[0].Pending.Events >= engine.Tuning.CommitEvents && engine.Tuning.CommitEvents < Limits.MaxUncommittedEvents);

        // The second pass: who waited is folded again, while the commit of all others is on its way.
        private Task<IReadOnlyList<Instance>> FinishAsync(IReadOnlyList<Instance> instances, CancellationToken cancellationToken) => HoldAsync(
            instances,
            async held =>
            {
                await BeginCommitAsync(held, cancellationToken);
                await folding.RetryAsync(held, static (_, mark) => mark.Reason is null, FindProject, cancellationToken);
                await CommitAsync(held, cancellationToken);
            },
            cancellationToken);

        // Does something with those that are not dropped, while nobody else is at work on them. Gives these.
        private static async Task<IReadOnlyList<Instance>> HoldAsync(IReadOnlyList<Instance> instances, Func<IReadOnlyList<Instance>, Task> work, CancellationToken cancellationToken)
        {
            var held = new List<Instance>(instances.Count);
            try
            {
                foreach (var instance in instances)
                {
                    await instance.Busy.WaitAsync(cancellationToken);
                    held.Add(instance);
                }
                List<Instance> wanted = [.. held.Where(instance => !instance.IsDropped)];
                try
                {
                    if (wanted.Count > 0) await work(wanted);
                }
                catch (Exception)
                {
                    foreach (var instance in wanted) instance.IsBroken = true;
                    throw;
                }
                return wanted;
            }
            finally
            {
                foreach (var instance in held) instance.Busy.Release();
            }
        }
    }
}
