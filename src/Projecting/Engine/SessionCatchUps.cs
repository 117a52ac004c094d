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

        /// <summary>Takes a new instance in while everything runs.</summary>
        /// <returns>Done when the instance stands where the others stand, or has given up.</returns>
        public async Task EnterAsync(Instance instance, CancellationToken cancellationToken)
        {
            Task entering;
            await Boundary.WaitAsync(cancellationToken);
            try
            {
                await FlushAsync(cancellationToken);
                entering = Enter(instance);
                if (IsLive(instance)) await Registry.JoinAsync([instance], cancellationToken);
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
        }

        // At a boundary. Along with the others if it stands where they stand, else by a catch-up.
        private Task Enter(Instance instance)
        {
            entered.Add(instance);
            if (instance.Position == Position)
            {
                live = [.. live, instance];
                return Task.CompletedTask;
            }
            var catchUp = CatchUpAsync(instance, ending.Token);
            catchUps.Add(catchUp);
            return catchUp;
        }

        // A catch-up that fails leaves the live read models alone: it is tried again from what is committed, and then stays behind with the reason.
        private async Task CatchUpAsync(Instance instance, CancellationToken cancellationToken)
        {
            await Task.Yield();
            try
            {
                for (var attempt = 1; ; attempt++)
                {
                    try
                    {
                        await JoinAsync(instance, cancellationToken);
                        instance.Failure = null;
                        return;
                    }
                    catch (Exception error) when (error is not (OperationCanceledException or CheckpointConflictException))
                    {
                        engine.logger.LogError(error, "The catch-up of {Instance} failed at {Position} (attempt {Attempt} of {Attempts}).",
                            instance.Id, instance.Position, attempt, Limits.MaxCatchUpAttempts);
                        instance.Failure = error.Message;
                        // What answers already must go on; what is new may stay behind, with its reason.
                        if (attempt == Limits.MaxCatchUpAttempts && instance.IsJoined) await FailAsync(error);
                        if (attempt == Limits.MaxCatchUpAttempts) return;
                        await Task.Delay(Limits.CatchUpPause * attempt, cancellationToken);
                        await EndedAsync(instance.Landing);
                        await Registry.ReloadAsync(instance, cancellationToken);
                    }
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
                engine.logger.LogError(error, "The catch-up of {Instance} stopped at {Position}.", instance.Id, instance.Position);
                instance.Failure = error.Message;
            }
        }

        private async Task JoinAsync(Instance instance, CancellationToken cancellationToken)
        {
            // A checkpoint ahead of the facts waits for them: what they will decide up to there is what they decided before.
            if (instance.Position is { } ahead) await standing.WaitAsync(ahead, Timeout.InfiniteTimeSpan, cancellationToken);
            while (Position is { } target && !(instance.Position >= target))
                if (!await ReplayAsync(instance, target, cancellationToken)) return;
            await Boundary.WaitAsync(cancellationToken);
            try
            {
                await FlushAsync(cancellationToken);
                if (Position is { } here && instance.Position != here && !await ReplayAsync(instance, here, cancellationToken)) return;
                if (instance.IsDropped) return;
                live = [.. live, instance];
                await Registry.JoinAsync([instance], cancellationToken);
                Tell();
                await MergeGroupsAsync(cancellationToken);
            }
            finally
            {
                Boundary.Release();
            }
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

        // False if the instance was dropped meanwhile.
        private async Task<bool> ReplayAsync(Instance instance, LogPosition target, CancellationToken cancellationToken)
        {
            var lastCommit = Stopwatch.GetTimestamp();
            await foreach (var batch in follower.ReadAsync(instance.Position, target, instance.Activities, cancellationToken))
            {
                Facts.Mark(batch);
                await instance.Busy.WaitAsync(cancellationToken);
                try
                {
                    if (instance.IsDropped) return false;
                    await folding.FoldAsync(batch, [instance], mayDefer: true, cancellationToken);
                    instance.RecordedAt = batch.RecordedAt ?? instance.RecordedAt;
                    if (MustCommit(instance, lastCommit))
                    {
                        await BeginCommitAsync(instance, cancellationToken);
                        lastCommit = Stopwatch.GetTimestamp();
                    }
                }
                catch (Exception)
                {
                    instance.IsBroken = true;
                    throw;
                }
                finally
                {
                    instance.Busy.Release();
                }
                engine.meter.Replayed(batch.Count);
            }
            return await FinishAsync(instance, cancellationToken);
        }

        // A person that comes in every batch is one row of a commit, so what is to be written counts, not the events that made it; unless an operator set how many may wait.
        private bool MustCommit(Instance instance, long lastCommit) =>
            Stopwatch.GetElapsedTime(lastCommit) > Limits.CatchUpCommitInterval
            || instance.States.DirtyCount + instance.Pending.Rows >= Limits.MaxUncommittedRows
            || (instance.Pending.Events >= engine.Tuning.CommitEvents && engine.Tuning.CommitEvents < Limits.MaxUncommittedEvents);

        // The second pass: who waited is folded again, and all of it is committed.
        private async Task<bool> FinishAsync(Instance instance, CancellationToken cancellationToken)
        {
            await instance.Busy.WaitAsync(cancellationToken);
            try
            {
                if (instance.IsDropped) return false;
                await folding.RetryAsync([instance], static (_, mark) => mark.Reason is null, FindProject, cancellationToken);
                await CommitAsync(instance, cancellationToken);
                return true;
            }
            catch (Exception)
            {
                instance.IsBroken = true;
                throw;
            }
            finally
            {
                instance.Busy.Release();
            }
        }
    }
}
