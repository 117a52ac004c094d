using System.Diagnostics;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Folding;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    // From memory to Postgres. Batches are folded in memory and committed together: each on its own near the head, many at once while behind.
    private sealed partial class Session
    {
        /// <summary>Which of the persons that wait for their refold are folded before a commit.</summary>
        private enum Waiting
        {
            /// <summary>None, unless it has been too long.</summary>
            Stay,

            /// <summary>Those that have waited long enough: everybody but the heavy ones.</summary>
            Due,

            /// <summary>Everybody.</summary>
            All,
        }

        // The commit of what is live that is under way. What is decided and folded meanwhile goes into the next one.
        private Task landing = Task.CompletedTask;

        /// <summary>Commits all that the live loop has decided and folded, and waits until it is. Call at a boundary.</summary>
        private async Task FlushAsync(CancellationToken cancellationToken, Waiting waiting = Waiting.Due)
        {
            await BeginFlushAsync(cancellationToken, waiting);
            await landing.WaitAsync(cancellationToken);
        }

        /// <summary>Begins to commit all that the live loop has decided and folded, as soon as the commit before has ended. Call at a boundary.</summary>
        private async Task BeginFlushAsync(CancellationToken cancellationToken, Waiting waiting, bool leavesStates = false)
        {
            if (failure is not null) throw new OperationCanceledException("The session can't go on.", failure);
            try
            {
                if (waiting != Waiting.Stay || Stopwatch.GetElapsedTime(lastDue) > engine.Tuning.Deferral)
                {
                    lastDue = Stopwatch.GetTimestamp();
                    // Looked up before any of them is folded: then a person is folded in all instances or in none.
                    var tooSoon = waiting == Waiting.All ? [] : live.SelectMany(instance => instance.Marks.Keys).Where(heavy.MustWait).ToHashSet();
                    await folding.RetryAsync(live, (person, mark) => mark.Reason is null && !tooSoon.Contains(person), FindProject, cancellationToken);
                }
                if (applied == taken && !live.Any(instance => instance.HasPending)) return;
                await landing.WaitAsync(cancellationToken);
                BeginCommit(leavesStates);
            }
            catch (Exception error)
            {
                await FailAsync(error);
                throw;
            }
        }

        private void BeginCommit(bool leavesStates)
        {
            if (applied is not { } to) return;
            var from = taken;
            var figures = live.Select(FiguresOf).ToList();
            var changes = live.Select(instance => InstanceChanges.TakeFrom(instance, engine.Tuning.CopiedRows, leavesStates)).ToList();
            var unit = IsOwner
                ? new CommitUnit(changes, to, recordedAt, pendingEvents, decided, from, factsEpoch) { Minutes = minutes.TakeFound(), Rings = hasCompany ? Bell.Facts : null }
                : new CommitUnit(changes, to, recordedAt, pendingEvents) { Rings = Bell.Shares };
            (decided, taken, pendingEvents) = (decided.Next(), to, 0);
            lastCommit = Stopwatch.GetTimestamp();
            if (!leavesStates) lastStates = lastCommit;
            landing = Task.Run(() => LandLiveAsync(unit, figures), CancellationToken.None);
            foreach (var instance in live)
            {
                instance.Landing = landing;
                if (!leavesStates) instance.States.Trim(engine.Tuning.CachedPersons);
            }
        }

        private async Task LandLiveAsync(CommitUnit unit, IReadOnlyList<(InstanceId, long, int)> figures)
        {
            try
            {
                var start = Stopwatch.GetTimestamp();
                using (EngineMeter.Traces.StartActivity("projecting.commit")) await engine.committer.CommitAsync(unit, ending.Token);
                Landed(unit, figures);
                engine.meter.Stages(TimeSpan.Zero, TimeSpan.Zero, Stopwatch.GetElapsedTime(start));
                standing.Move(unit.End);
                Tell();
            }
            catch (Exception error)
            {
                await FailAsync(error);
                throw;
            }
        }

        /// <summary>Commits what some instances that stand at one position have pending, and waits until it is; nobody else may be at work on them.</summary>
        private async Task CommitAsync(IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
        {
            await BeginCommitAsync(instances, cancellationToken);
            foreach (var instance in instances) await instance.Landing.WaitAsync(cancellationToken);
        }

        private async Task BeginCommitAsync(IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
        {
            foreach (var instance in instances) await instance.Landing.WaitAsync(cancellationToken);
            foreach (var instance in instances) if (instance.HasPending) BeginCommit(instance, cancellationToken);
        }

        // Each in a transaction of its own, so that Postgres takes them side by side, the first while the next is still being serialised.
        private void BeginCommit(Instance instance, CancellationToken cancellationToken)
        {
            var figures = FiguresOf(instance);
            var changes = InstanceChanges.TakeFrom(instance, engine.Tuning.CopiedRows);
            var unit = new CommitUnit([changes], changes.To, instance.RecordedAt, changes.Events);
            instance.Landing = Task.Run(
                async () =>
                {
                    await engine.committer.CommitAsync(unit, cancellationToken);
                    Landed(unit, [figures]);
                },
                CancellationToken.None);
            instance.States.Trim(engine.Tuning.CachedPersons);
        }

        private void Landed(CommitUnit unit, IReadOnlyList<(InstanceId, long, int)> figures)
        {
            foreach (var changes in unit.Changes)
            {
                changes.Instance.Landed = changes.To;
                changes.States.Dispose();
            }
            engine.meter.Committed(figures);
        }

        // What failed has told so already.
        private static Task EndedAsync(Task landing) => landing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        private static (InstanceId Instance, long Events, int Refolds) FiguresOf(Instance instance) => (instance.Id, instance.Pending.Events, instance.Pending.Refolds);

        // Who waits is folded in the end, and what is folded is committed, also when no further events come.
        private async Task FoldWaitingAsync(CancellationToken cancellationToken)
        {
            try
            {
                using var timer = new PeriodicTimer(Limits.DeferralCheck);
                while (await timer.WaitForNextTickAsync(cancellationToken))
                {
                    await Boundary.WaitAsync(cancellationToken);
                    try
                    {
                        if (Stopwatch.GetElapsedTime(lastBatch) > Limits.DeferralCheck && (applied != taken || live.Any(static instance => instance.Waiting > 0)))
                            await FlushAsync(ending.Token, Waiting.Due);
                        // A definition is there soon also where no events come.
                        if (IsOwner || AreDecidedUnder(engine.projects.Projects)) await ReconcileAsync(ending.Token);
                        if (!live.Any(instance => instance.Id.Group > 0)) continue;
                        await FlushAsync(ending.Token, Waiting.Stay);
                        await MergeGroupsAsync(ending.Token);
                    }
                    finally { Boundary.Release(); }
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                // If it wasn't a flush that ended the session with its reason already, this ends it.
                await FailAsync(error);
                engine.logger.LogDebug(error, "Nobody waits for a refold any more.");
            }
        }

        // While it is behind, much is committed at once, and it does not wait for the commit before unless very much has come together: near the head, every batch is committed.
        private async Task FlushWhenDueAsync(bool hasMore, CancellationToken cancellationToken)
        {
            if (hasMore && pendingEvents < engine.Tuning.CommitEvents && !(landing.IsCompleted && IsCommitDue())) return;
            await BeginFlushAsync(cancellationToken, hasMore ? Waiting.Stay : Waiting.Due, MayLeaveStates());
            pace.Committed(isBehind: hasMore);
            // At the head that is told of first.
            if (!hasMore && live.Any(static instance => instance.LeavesStates)) await BeginFlushAsync(cancellationToken, Waiting.Stay);
        }

        // States are most of what a catch-up writes, and needed by nobody but who goes on after a crash: where they are many they stay in memory for a while.
        private bool MayLeaveStates()
        {
            if (Stopwatch.GetElapsedTime(lastStates) > Limits.LongestStatesInterval) return false;
            if (live.Any(instance => instance.States.Count > engine.Tuning.CachedPersons)) return false;
            var states = live.Sum(static instance => instance.States.DirtyCount);
            return states >= engine.Tuning.LeftStates && states < engine.Tuning.UncommittedRows;
        }

        private bool IsCommitDue()
        {
            var (here, committed) = (applied?.Commit ?? 0, taken?.Commit ?? 0);
            return pace.IsDue(Stopwatch.GetElapsedTime(lastCommit), here - committed, engine.latest?.Head?.Commit - here);
        }

        // Does something between two batches. What fails half-way ends the session: whoever comes to the boundary next must not commit the half.
        private async Task StandStillAsync(Func<Task> work, CancellationToken cancellationToken)
        {
            await Boundary.WaitAsync(cancellationToken);
            try
            {
                await work();
            }
            catch (Exception error)
            {
                await FailAsync(error);
                throw;
            }
            finally
            {
                Boundary.Release();
            }
        }

        private async Task FailAsync(Exception error)
        {
            failure ??= error;
            await ending.CancelAsync();
        }
    }
}
