using System.Collections.Concurrent;
using System.Diagnostics;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    // The owner's side of sharing: it lends whole projections to processes that stand by, so that all instances of one are always in one process.
    private sealed partial class Session
    {
        private readonly Dictionary<Guid, (LeaseWatch Watch, TimeSpan Since)> watches = [];
        private readonly ConcurrentDictionary<string, TimeSpan> wanted = new(StringComparer.Ordinal);
        private readonly Dictionary<string, TimeSpan> calledBack = new(StringComparer.Ordinal);
        private readonly Stopwatch clock = Stopwatch.StartNew();

        // Replaced whole, because others read it at any time.
        private volatile IReadOnlyList<ShareRow> lent = [];
        private volatile bool hasCompany;

        /// <summary>Whether another process keeps a projection.</summary>
        public bool IsLent(string projection) => lent.Any(share => share.Projection == projection);

        /// <summary>Waits until a projection and all that answers of it is kept here, for long enough to work on it.</summary>
        /// <exception cref="RebuildException">Its follower does not give it back.</exception>
        public async Task BringHomeAsync(string projection, CancellationToken cancellationToken)
        {
            wanted[projection] = clock.Elapsed;
            // A loan that is being made is made, or given up, before it is looked at.
            await Boundary.WaitAsync(cancellationToken);
            Boundary.Release();
            if (IsAtHome(projection)) return;
            using var timer = new PeriodicTimer(Limits.BringHomePoll);
            for (var start = clock.Elapsed; await timer.WaitForNextTickAsync(cancellationToken);)
            {
                if (IsAtHome(projection)) return;
                if (ending.IsCancellationRequested || clock.Elapsed - start > (2 * engine.settings.Lease) + Limits.BringHome)
                    throw new RebuildException($"'{projection}' is kept by another process, which does not give it back. Try again, or look at 'analytics status'.");
            }
        }

        // What is behind for another reason than its return (a rebuild, a new definition) is home, too.
        private bool IsAtHome(string projection) =>
            !IsLent(projection) && Registry.All.Where(instance => instance.Projection.Name == projection && instance.IsJoined).All(instance => IsLive(instance) || instance.Failure is not null);

        private async Task LendAsync(CancellationToken cancellationToken)
        {
            await using var bell = new Bell(engine.source, Bell.Shares);
            try
            {
                for (; ; await bell.WaitAsync(engine.Poll, cancellationToken))
                {
                    try
                    {
                        await TendAsync(cancellationToken);
                    }
                    catch (Exception error) when (error is NpgsqlException or TimeoutException)
                    {
                        engine.logger.LogDebug(error, "The followers could not be looked at.");
                    }
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                await FailAsync(error);
            }
        }

        private async Task TendAsync(CancellationToken cancellationToken)
        {
            var followers = await AliveAsync(cancellationToken);
            var shares = await engine.shares.SharesAsync(null, cancellationToken);
            hasCompany = followers.Count > 0;
            foreach (var share in shares)
            {
                // A heart that beats says nothing of a follower that hangs in the middle of a write.
                if (IsOverdue(share)) await engine.shares.EndWritersAsync(share.Process, cancellationToken);
                if (followers.All(follower => follower.Process != share.Process) || IsOverdue(share)) await TakeBackAsync(share.Projection, cancellationToken);
                else if (!share.IsCalledBack && (IsWanted(share.Projection) || !engine.settings.Share)) await CallBackAsync(share, cancellationToken);
            }
            foreach (var returned in lent.Where(share => shares.All(other => other.Projection != share.Projection)).ToList()) await TakeBackAsync(returned.Projection, cancellationToken);
            if (lent.Count > 0) Stand([.. shares.Where(share => lent.Any(other => other.Projection == share.Projection))]);
            if (engine.settings.Share && FindLoan(followers) is var (projection, to)) await LendAsync(projection, to, cancellationToken);
        }

        // Those whose heart beats; who is dead is given up, and can't write any more.
        private async Task<List<FollowerRow>> AliveAsync(CancellationToken cancellationToken)
        {
            var alive = new List<FollowerRow>();
            var listed = await engine.shares.FollowersAsync(cancellationToken);
            foreach (var gone in watches.Keys.Except(listed.Select(follower => follower.Process)).ToList()) watches.Remove(gone);
            foreach (var follower in listed)
            {
                if (!watches.TryGetValue(follower.Process, out var known)) watches.Add(follower.Process, known = (new LeaseWatch(engine.settings.Lease), clock.Elapsed));
                if (!known.Watch.IsDead(follower.Pulse, clock.Elapsed))
                {
                    alive.Add(follower);
                    continue;
                }
                var ended = await engine.shares.EndWritersAsync(follower.Process, cancellationToken);
                engine.logger.LogWarning("{Follower} is not heard of any more: what it was lent is taken back ({Ended} of its backends were ended).", follower.Name, ended);
                await engine.shares.ForgetAsync(engine.ownership, follower.Process, cancellationToken);
                watches.Remove(follower.Process);
            }
            return alive;
        }

        private bool IsWanted(string projection) => wanted.TryGetValue(projection, out var at) && clock.Elapsed - at < Limits.StaysHome;

        private bool IsOverdue(ShareRow share) => share.IsCalledBack && calledBack.TryGetValue(share.Projection, out var at) && clock.Elapsed - at > engine.settings.Lease;

        private async Task CallBackAsync(ShareRow share, CancellationToken cancellationToken)
        {
            await engine.shares.CallBackAsync(engine.ownership, share.Projection, cancellationToken);
            calledBack[share.Projection] = clock.Elapsed;
        }

        // Who has least is lent one, as long as the owner keeps more: nothing wanders from follower to follower.
        private (string Projection, FollowerRow Follower)? FindLoan(IReadOnlyList<FollowerRow> followers)
        {
            var own = live.Select(instance => instance.Projection).Distinct().ToList();
            foreach (var follower in followers.Where(follower => clock.Elapsed - watches[follower.Process].Since >= (engine.settings.LendAfter ?? engine.settings.Lease))
                .OrderBy(follower => lent.Count(share => share.Process == follower.Process)))
            {
                if (own.Count <= lent.Count(share => share.Process == follower.Process) + 1) return null;
                var free = own.Where(projection => follower.Projections.Contains(LabelOf(projection)) && !IsWanted(projection.Name)
                    && Registry.All.Where(instance => instance.Projection == projection).All(IsLive));
                if (free.OrderBy(projection => projection.Name, StringComparer.Ordinal).LastOrDefault() is { } found) return (found.Name, follower);
            }
            return null;
        }

        private Task LendAsync(string projection, FollowerRow to, CancellationToken cancellationToken) => ChangeHandsAsync(
            async () =>
            {
                if (IsWanted(projection) || !await engine.shares.LendAsync(engine.ownership, projection, to.Process, cancellationToken)) return;
                await LeaveAsync(instance => instance.Projection.Name == projection, cancellationToken);
                Registry.Forget(projection);
                lent = [.. lent, new ShareRow(projection, to.Process, 0, false, taken)];
                engine.logger.LogInformation("'{Projection}' is kept by {Follower} from now on.", projection, to.Name);
            },
            cancellationToken);

        private Task TakeBackAsync(string projection, CancellationToken cancellationToken) => ChangeHandsAsync(
            async () =>
            {
                await engine.shares.TakeBackAsync(engine.ownership, projection, cancellationToken);
                calledBack.Remove(projection);
                await engine.projects.CatchUpAsync(cancellationToken);
                await TakeInAtBoundaryAsync(projection, cancellationToken);
                lent = [.. lent.Where(share => share.Projection != projection)];
                Tell();
                engine.logger.LogInformation("'{Projection}' is kept here again.", projection);
            },
            cancellationToken);

        // At a boundary, with everything committed. Who kept it may have seen more definitions than this process: what it doesn't know it would take for gone.
        private async Task TakeInAtBoundaryAsync(string projection, CancellationToken cancellationToken)
        {
            await ReconcileAsync(cancellationToken);
            await Registry.TakeInAsync(projection, cancellationToken);
            _ = Enter([.. Registry.All.Where(instance => instance.Projection.Name == projection)]);
            await Registry.JoinAsync(live, cancellationToken);
            // Who was left waiting by the process before waits no longer, and neither does a definition that it had not seen.
            await FlushAsync(cancellationToken);
            Renew();
            await ReconcileAsync(cancellationToken);
        }

        private Task ChangeHandsAsync(Func<Task> work, CancellationToken cancellationToken) => StandStillAsync(
            async () =>
            {
                await FlushAsync(cancellationToken, Waiting.Stay);
                await work();
            },
            cancellationToken);

        private void Stand(IReadOnlyList<ShareRow> now)
        {
            var moved = now.Any(share => lent.Any(before => before.Projection == share.Projection && before.Position != share.Position));
            lent = now;
            if (moved) Tell();
        }

        // Everything live stands where that of it stands which is behind most: what another process keeps, or what has just come back.
        private void Tell()
        {
            if (!IsOwner) return;
            engine.Stand(() =>
            {
                var lowest = Position;
                foreach (var share in lent) if (!(share.Position >= lowest)) lowest = share.Position;
                foreach (var instance in Registry.All)
                    if (instance.IsJoined && !IsLive(instance) && Registry.IsLive(instance.Id.Schema) && !(instance.Landed >= lowest)) lowest = instance.Landed;
                return lowest;
            });
        }
    }

    private void Stand(Func<LogPosition?> find)
    {
        LogPosition? position;
        lock (standing)
        {
            position = find();
            signal.Move(position);
            meter.Moved();
        }
        if (position is { } here) Committed?.Invoke(here);
    }
}
