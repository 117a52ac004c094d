using System.Diagnostics;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.ReadModels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>What a process does about the projections.</summary>
public enum EngineRole
{
    /// <summary>It decides the facts and folds every projection that it has not lent.</summary>
    Owner,

    /// <summary>It folds the projections that the owner has lent it, and goes on with all when the owner is gone.</summary>
    Follower,

    /// <summary>It folds nothing: it answers from what others have committed, and goes on when the owner is gone.</summary>
    Standby,
}

public sealed partial class ProjectionEngine
{
    /// <summary>What this process does about the projections.</summary>
    public EngineRole Role => lease is not null ? EngineRole.Owner : following is { Count: > 0 } ? EngineRole.Follower : EngineRole.Standby;

    /// <summary>The process that owns the read models, as it calls itself; null = none at the moment.</summary>
    public string? Owner => lease is null ? seen?.Owner : settings.Name;

    // Returns when this process has the lease. Meanwhile it follows what the owner commits, and reads the log as far, so that little is left to do when the owner dies.
    private async Task StandByAsync(CancellationToken cancellationToken)
    {
        var (watch, clock, warm) = (new LeaseWatch(settings.Lease), Stopwatch.StartNew(), new Session(this));
        var warming = Task.CompletedTask;
        await using var bell = new Bell(source, Bell.Facts);
        await using var lending = new Following(this);
        following = lending;
        logger.LogInformation("Standing by: the projections are run by {Owner}.", seen?.Owner ?? "nobody at the moment");
        for (; ; await bell.WaitAsync(Poll, cancellationToken))
        {
            try
            {
                var row = await leases.LookAsync(cancellationToken);
                Observe(row);
                // A newer program may have owned it since this one started.
                StoredFormat.Check(row.Format);
                LastFailure = lending.Failure;
                var isFree = watch.IsDead(row.Pulse, clock.Elapsed) || row.Owner is null || row.Epoch == givenUp;
                if (isFree && await Lease.TryTakeAsync(leases, row, settings, logger) is { } taken)
                {
                    logger.LogInformation("Taking the projections over from {Owner}.", row.Owner ?? "an owner that gave them back");
                    (prepared, lease, following) = (warm, taken, null);
                    await warming;
                    return;
                }
                if (settings.Share) await lending.LookAsync(cancellationToken);
                if (!warming.IsCompleted) continue;
                await warming;
                if (row.Position is { } position) warming = Task.Run(() => warm.WarmAsync(position, cancellationToken), CancellationToken.None);
            }
            catch (Exception error) when (lease is null && error is not OperationCanceledException)
            {
                LastFailure = error.Message;
                (warm, warming) = (new Session(this), Task.CompletedTask);
            }
        }
    }

    /// <summary>Longest time between two looks at what other processes do.</summary>
    private TimeSpan Poll => TimeSpan.FromTicks(Math.Min(Limits.StandbyPoll.Ticks, settings.Lease.Ticks / 10));

    private void Observe(LeaseRow row)
    {
        seen = row;
        if (lease is not null) return;
        if (row.Position != facts.Position) facts.Move(row.Position);
        if (row.Stands is { } position && position != Position) Stand(() => position);
    }

    // Which read model answers is Postgres's to say, at every question: the owner may promote another at any time.
    private async Task<ReadModelAnswer?> ReadStandingByAsync(string projection, long revision, IReadOnlyList<CellSelection> selections, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindLiveAsync(catalog[projection], revision, cancellationToken) is { } instance
                ? await new ReadModelReader(source, schemas).ReadAsync(instance.Schema, catalog[projection], revision, selections, cancellationToken)
                : null;
        }
        // Dropped in between, or the database is away: the events can answer.
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException)
        {
            return null;
        }
    }
}
