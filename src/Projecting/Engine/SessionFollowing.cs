using System.Diagnostics;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    // A follower's side of sharing: it folds what it was lent, behind the facts that the owner decides and commits.
    private sealed partial class Session
    {
        /// <summary>Begins behind the owner's facts, with no projection yet.</summary>
        /// <exception cref="WrongLogException">The read models belong to another log.</exception>
        public async Task LoadFollowingAsync(CancellationToken cancellationToken)
        {
            var logId = await engine.log.GetIdentityAsync(cancellationToken);
            if (await store.FindAsync(FactsInstance.Id, cancellationToken) is { } row) InstanceStore.CheckLog(FactsInstance.Id.ToString(), row.LogId, logId);
            await RefreshFactsAsync(cancellationToken);
            (applied, taken) = (Facts.Position, Facts.Position);
            standing.Move(taken);
            await Registry.BeginAsync(logId, projects, cancellationToken);
        }

        /// <summary>Folds up to where the facts stand, again and again, until cancelled or until it can't go on.</summary>
        public Task FollowAsync(CancellationToken cancellationToken) => RunAsync(
            async token =>
            {
                while (true)
                {
                    // Not where the facts stand: taking a projection in moves those, too, and what was moved past would be waited for.
                    if (await StepAsync(token)) await engine.facts.WaitPastAsync(applied, token);
                    else await Task.Delay(Limits.FactsPause, token);
                }
            },
            cancellationToken,
            CancellationToken.None);

        /// <summary>Begins to keep a projection that this process was lent.</summary>
        /// <returns>False if the owner has to claim order ids by newer settings first.</returns>
        public async Task<bool> TakeInAsync(string projection, CancellationToken cancellationToken)
        {
            var isTaken = false;
            await ChangeHandsAsync(
                async () =>
                {
                    await RefreshFactsAsync(cancellationToken);
                    await engine.projects.CatchUpAsync(cancellationToken);
                    if (!AreDecidedUnder(engine.projects.Projects)) return;
                    await TakeInAtBoundaryAsync(projection, cancellationToken);
                    isTaken = true;
                },
                cancellationToken);
            return isTaken;
        }

        /// <summary>Ends with a projection: all of it that is live is committed.</summary>
        public Task GiveBackAsync(string projection, CancellationToken cancellationToken) => ChangeHandsAsync(
            async () =>
            {
                await LeaveAsync(instance => instance.Projection.Name == projection, cancellationToken);
                Registry.Forget(projection);
            },
            cancellationToken);

        // False if it has to wait until the facts and the projects' settings are of one time.
        private async Task<bool> StepAsync(CancellationToken cancellationToken)
        {
            var (isReady, through) = (false, default(LogPosition?));
            await StandStillAsync(
                async () =>
                {
                    through = await RefreshFactsAsync(ending.Token);
                    isReady = AreDecidedUnder(engine.projects.Projects);
                    if (!isReady) return;
                    await ReconcileAsync(ending.Token);
                    if (live.Length > 0) return;
                    (applied, taken) = (through, through);
                    standing.Move(taken);
                },
                ending.Token);
            if (!isReady) return false;
            if (through is { } target && !(applied >= target))
                await foreach (var batch in follower.ReadAsync(applied, target, cancellationToken)) await ApplyDecidedAsync(batch, target);
            return true;
        }

        private async Task ApplyDecidedAsync(DecodedBatch batch, LogPosition target)
        {
            await StandStillAsync(
                async () =>
                {
                    using var span = EngineMeter.Traces.StartActivity("projecting.batch", ActivityKind.Consumer, batch.Trace);
                    var hasMore = batch.End < target;
                    var measured = engine.meter.Batch(batch.Events.Count);
                    lastBatch = Stopwatch.GetTimestamp();
                    Facts.Mark(batch);
                    await FoldLiveAsync(batch, hasMore, decidedIn: TimeSpan.Zero, ending.Token);
                    measured.Done();
                },
                ending.Token);
            batch.Memory?.Dispose();
        }

        // Brings the view to where the facts are committed. At a boundary.
        private async Task<LogPosition?> RefreshFactsAsync(CancellationToken cancellationToken)
        {
            await using var snapshot = await FactsSnapshot.OpenAsync(engine.source, cancellationToken);
            if (snapshot.Position is not { } position) return null;
            var current = (await engine.projects.WaitForAsync(position, cancellationToken)).Projects;
            var remade = Facts.Projects().FirstOrDefault(id => snapshot.OrderRules.TryGetValue(id, out var rules) && rules != Facts.OrderRulesOf(id));
            if (remade is not null) throw new FactsRemadeException($"The order ids of '{remade}' were claimed anew.");
            if (Facts.Position != position)
                await snapshot.ReadAsync(Facts, (id, customer) => current.TryGetValue(id, out var project) ? CustomerKeys.Of(project.CustomerSecret, customer) : null, cancellationToken);
            return position;
        }

        // Settings that change which events are orders count from where the owner has claimed order ids by them.
        private bool AreDecidedUnder(IReadOnlyDictionary<string, Project> current) =>
            Facts.Projects().All(id => !current.TryGetValue(id, out var project) || Facts.OrderRulesOf(id) == OrderIds.RulesOf(project));
    }

    /// <summary>Facts that were decided before are others now: who follows begins anew with them.</summary>
    private sealed class FactsRemadeException(string message) : Exception(message);
}
