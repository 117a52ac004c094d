using System.Diagnostics;
using EventSourcedAnalytics.Projecting.Committing;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    /// <summary>What a process that stands by does for the owner meanwhile: it keeps the projections that it is lent.</summary>
    private sealed class Following(ProjectionEngine engine) : IAsyncDisposable
    {
        private readonly ShareOwnership ownership = new();
        private readonly HashSet<string> kept = new(StringComparer.Ordinal);
        private Membership? membership;
        private Session? session;
        private CancellationTokenSource ending = new();
        private Task running = Task.CompletedTask;
        private Task tending = Task.CompletedTask;
        private int failures;
        private long pausedAt;
        private EventLog.LogPosition? failedAt;

        /// <summary>Projections kept now.</summary>
        public int Count { get; private set; }

        /// <summary>Why the projections that were lent are not folded at the moment; null = nothing is wrong.</summary>
        public string? Failure { get; private set; }

        /// <summary>Looks, in the background, at what is lent, takes in what is new and gives back what is called back; does nothing while the last look is at it still.</summary>
        public async Task LookAsync(CancellationToken cancellationToken)
        {
            if (!tending.IsCompleted) return;
            await AfterLookAsync();
            tending = Task.Run(() => TendAsync(cancellationToken), CancellationToken.None);
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            await AfterLookAsync();
            await EndSessionAsync();
            if (membership is not null) await membership.DisposeAsync();
            ending.Dispose();
        }

        // What fails in a look ends the session it was about, if it is more than Postgres being away.
        private async Task AfterLookAsync()
        {
            try { await tending; }
            catch (Exception error) { engine.logger.LogDebug(error, "What is lent could not be looked at."); }
        }

        private async Task TendAsync(CancellationToken cancellationToken)
        {
            if (membership is null || membership.IsLost) await JoinAsync();
            if (running.IsCompleted && session is not null) await EndSessionAsync();
            if (failures > 0 && Stopwatch.GetElapsedTime(pausedAt) < PauseAfter(failures)) return;
            var shares = await engine.shares.SharesAsync(membership!.Process, cancellationToken);
            if (session is null && shares.Count > 0) await BeginAsync(cancellationToken);
            foreach (var share in shares.Where(share => share.IsCalledBack))
            {
                if (kept.Remove(share.Projection)) await session!.GiveBackAsync(share.Projection, cancellationToken);
                await engine.shares.ReturnAsync(share.Projection, share.Epoch, cancellationToken);
            }
            foreach (var gone in kept.Where(projection => shares.All(share => share.Projection != projection)).ToList())
            {
                // Another's already: what is not committed of it is refused, and the session with it.
                kept.Remove(gone);
                await session!.GiveBackAsync(gone, cancellationToken);
            }
            foreach (var share in shares.Where(share => !share.IsCalledBack && !kept.Contains(share.Projection)))
            {
                ownership.Set(share.Projection, share.Epoch);
                if (await session!.TakeInAsync(share.Projection, cancellationToken)) kept.Add(share.Projection);
            }
            Count = kept.Count;
            if (Count > 0 && (session!.Position != failedAt || session.Position >= engine.facts.Position)) Failure = null;
        }

        private async Task JoinAsync()
        {
            if (membership is not null) await membership.DisposeAsync();
            membership = null;
            await EndSessionAsync();
            membership = await Membership.JoinAsync(engine.shares, engine.catalog.All.Select(LabelOf), engine.settings, engine.logger);
        }

        private async Task BeginAsync(CancellationToken cancellationToken)
        {
            var opened = new Session(engine, ownership, engine.NewStore(ownership));
            await opened.LoadFollowingAsync(cancellationToken);
            ending.Dispose();
            ending = new CancellationTokenSource();
            (session, running) = (opened, Task.Run(() => opened.FollowAsync(ending.Token), CancellationToken.None));
        }

        // The session has failed, or is to end: the next one begins with what is in Postgres.
        private async Task EndSessionAsync()
        {
            if (session is null) return;
            if (!running.IsCompleted) await ending.CancelAsync();
            var before = session.Position;
            try
            {
                await running;
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
            }
            catch (Exception error) when (error is FactsRemadeException or CheckpointConflictException)
            {
                engine.logger.LogInformation("What this process was lent is loaded anew: {Reason}", error.Message);
            }
            catch (Exception error)
            {
                failures = before != failedAt ? 1 : failures + 1;
                (failedAt, pausedAt, Failure) = (before, Stopwatch.GetTimestamp(), error.Message);
                engine.logger.LogError(error, "The projections that were lent stopped at {Position} and start again from what is committed.", before);
                if (failures >= Limits.FailuresBeforeRelease && membership is not null)
                {
                    // Who fails again and again lets the owner try.
                    await membership.DisposeAsync();
                    membership = null;
                }
            }
            session = null;
            kept.Clear();
            Count = 0;
        }
    }

    private static TimeSpan PauseAfter(int failures) =>
        TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, ShortestPause.TotalSeconds * Math.Pow(2, failures - 1)));

    private static string LabelOf(Contract.Projection projection) => $"{projection.Name}_v{projection.Version}/{StoredFormat.Current}";
}
