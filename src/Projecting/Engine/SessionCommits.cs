using System.Diagnostics;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Folding;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    // From memory to Postgres. Batches are folded in memory and committed together: each on its own near the head, many at once while behind.
    private sealed partial class Session
    {
        /// <summary>Commits all that the live loop has decided and folded. Call at a boundary.</summary>
        /// <param name="cancellationToken">Ends the work.</param>
        /// <param name="resolve">True to fold first the persons that wait for it.</param>
        private async Task FlushAsync(CancellationToken cancellationToken, bool resolve = true)
        {
            if (failure is not null) throw new OperationCanceledException("The session can't go on.", failure);
            try
            {
                var start = Stopwatch.GetTimestamp();
                if (resolve || Stopwatch.GetElapsedTime(lastResolved) > Limits.MaxDeferral)
                {
                    lastResolved = start;
                    foreach (var instance in live) await RefoldMarkedAsync(instance, static mark => mark.Reason is null, cancellationToken);
                }
                if (factsPosition == factsCommitted && !live.Any(instance => instance.HasPending)) return;
                var refolds = live.Sum(instance => instance.Pending.Refolds);
                await CommitLiveAsync(cancellationToken);
                engine.meter.Refolds(refolds);
                engine.meter.Stages(TimeSpan.Zero, TimeSpan.Zero, Stopwatch.GetElapsedTime(start));
            }
            catch (Exception error)
            {
                await FailAsync(error);
                throw;
            }
            engine.signal.Move(factsCommitted);
            if (factsCommitted is { } position) engine.Committed?.Invoke(position);
        }

        private async Task CommitLiveAsync(CancellationToken cancellationToken)
        {
            var from = factsCommitted;
            if (factsPosition is not { } to) return;
            var changes = live.Select(InstanceChanges.TakeFrom).ToList();
            var unit = new CommitUnit(changes, to, recordedAt, pendingEvents, decided, from, factsEpoch);
            (decided, factsCommitted, pendingEvents) = (new FactsDelta(), to, 0);
            await engine.committer.CommitAsync(unit, cancellationToken);
            foreach (var instance in live) instance.States.Trim();
            lastCommit = Stopwatch.GetTimestamp();
        }

        /// <summary>Commits what one instance has pending; nobody else may be at work on it.</summary>
        private async Task CommitAsync(Instance instance, CancellationToken cancellationToken)
        {
            if (!instance.HasPending) return;
            var events = instance.Pending.Events;
            var changes = InstanceChanges.TakeFrom(instance);
            await engine.committer.CommitAsync(new CommitUnit([changes], changes.To, instance.RecordedAt, events), cancellationToken);
            instance.States.Trim();
        }

        /// <summary>Folds marked persons of an instance again, as of where it stands.</summary>
        /// <returns>How many are folded along again.</returns>
        private async Task<int> RefoldMarkedAsync(Instance instance, Func<Mark, bool> wanted, CancellationToken cancellationToken)
        {
            if (instance.Marks.Count == 0 || instance.Position is not { } position) return 0;
            var marked = instance.Marks.Where(mark => wanted(mark.Value) && FindProject(mark.Value.Project) is not null)
                .Select(mark => partitioner.Marked(FindProject(mark.Value.Project)!, mark.Key, position.Commit)).ToList();
            var before = instance.Pending.Refolds;
            await folding.RetryAsync(instance, marked, cancellationToken);
            return instance.Pending.Refolds - before;
        }

        private async Task FailAsync(Exception error)
        {
            failure ??= error;
            await ending.CancelAsync();
        }
    }
}
