using System.Text.Json;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Api.Operations;

/// <summary>How the system does: what <c>analytics status</c> prints.</summary>
/// <param name="Head">Position of the last event of the log; null while it is empty.</param>
/// <param name="Position">Where everything live stands.</param>
/// <param name="EventsPerSecond">Events a second over the last batches.</param>
/// <param name="Refolds">Persons folded again since the start.</param>
/// <param name="Duplicates">Messages skipped because they had come before.</param>
/// <param name="LastFailure">Why the projections stopped last; null while they are well.</param>
/// <param name="Role">Whether the process that answers owns the read models, keeps some that the owner has lent it, or stands by.</param>
/// <param name="Owner">The process that owns the read models, as it calls itself; null = none at the moment.</param>
/// <param name="IsStalled">True if events wait and nothing was committed for a while: the watchdog's finding.</param>
/// <param name="SecondsSinceCommit">Time since this process saw the read models move last.</param>
/// <param name="ReadTo">While the projections of the process start: how far it has read which messages the log holds, before anything new counts; null = they have started.</param>
/// <param name="Unreachable">Why the log or Postgres could not be asked: then what comes from there is as it was seen last; null = they answered.</param>
/// <param name="Projections">Every instance.</param>
public sealed record SystemStatus(
    string? Head, string? Position, double EventsPerSecond, long Refolds, long Duplicates, string? LastFailure, EngineRole Role, string? Owner, bool IsStalled,
    double? SecondsSinceCommit, string? ReadTo, string? Unreachable, IReadOnlyList<ProjectionStatus> Projections);

/// <summary>Where one instance of a projection stands.</summary>
/// <param name="Name">Its schema, and its group of definitions if it isn't the first.</param>
/// <param name="Projection">Name of the projection.</param>
/// <param name="Version">Version of its code.</param>
/// <param name="State">live, previous or building.</param>
/// <param name="Position">Where it stands; null = not started.</param>
/// <param name="Gap">Positions between it and the head: events in the embedded log, bytes in EventStoreDB.</param>
/// <param name="LagSeconds">Time by which it is behind: the age of the first event that is not in it; 0 at the head.</param>
/// <param name="Events">Events applied in its life.</param>
/// <param name="EventsPerSecond">Events a second lately.</param>
/// <param name="Parked">Persons parked and not dropped.</param>
/// <param name="Dropped">Persons parked whose loss somebody has accepted.</param>
/// <param name="Deferred">Persons that wait for their refold.</param>
/// <param name="Refolds">Persons folded again since the process started.</param>
/// <param name="UpdatedAt">Time of its last commit.</param>
/// <param name="Keeper">The process that folds it: the owner, or one that the owner has lent it to.</param>
/// <param name="StatesAt">Where a process that ended had left states in memory: how far they are folded once more; null = none are missing.</param>
/// <param name="Hash">Read-model hash, if asked for.</param>
public sealed record ProjectionStatus(
    string Name, string Projection, int Version, string State, string? Position, long Gap, double LagSeconds, long Events, double EventsPerSecond, long Parked, long Dropped,
    long Deferred, long Refolds, DateTime UpdatedAt, string? Keeper, string? StatesAt, string? Hash)
{
    internal static ProjectionStatus Of(InstanceStatus status, DateTimeOffset now) => new(
        status.Name, status.Projection, status.Version, status.State, status.Position?.ToString(), status.Gap, status.LagAt(now).TotalSeconds, status.Events, status.EventsPerSecond,
        status.Parked, status.Dropped, status.Deferred, status.Refolds, status.UpdatedAt, status.Keeper, status.StatesAt?.ToString(), status.Hash);
}

/// <summary>The system as a whole.</summary>
[QueryType]
public static class SystemQueries
{
    /// <summary>Where everything stands.</summary>
    public static async Task<SystemStatus> GetSystemAsync(
        IResolverContext context, [Service] ProjectionEngine engine, [Service] TimeProvider clock, CancellationToken cancellationToken, bool withHash = false)
    {
        Guard.Operate(context.User);
        var status = await engine.GetStatusAsync(withHash, cancellationToken);
        var now = clock.GetUtcNow();
        return new SystemStatus(
            status.Head?.ToString(), status.Position?.ToString(), status.EventsPerSecond, status.Refolds, status.Duplicates, status.LastFailure,
            status.Role, status.Owner, status.IsStalled, status.SinceLastCommit?.TotalSeconds, status.ReadTo?.ToString(), status.Unreachable, [.. status.Instances.Select(instance => ProjectionStatus.Of(instance, now))]);
    }

    /// <summary>Long work; null if it is unknown or long over.</summary>
    public static Job? GetJob([ID] string id, IResolverContext context, [Service] Jobs jobs)
    {
        Guard.Operate(context.User);
        return jobs.Find(id);
    }
}

/// <summary>Rebuilding read models: run, verify, promote, roll back, drop.</summary>
[MutationType]
public static class RebuildMutations
{
    private const string All = "all";

    /// <summary>Builds a new read model of a projection beside the live one; of "all" projections in one pass over the log. The result names the schemas.</summary>
    public static Job StartRebuild(StartRebuildInput input, IResolverContext context, [Service] ProjectionEngine engine, [Service] Jobs jobs)
    {
        Guard.Operate(context.User);
        var projections = input.Projection == All ? engine.Projections : [input.Projection];
        return jobs.Start($"rebuild {input.Projection}", async progress => string.Join(", ", await engine.RunRebuildsAsync(projections, new Forward(progress), CancellationToken.None)));
    }

    /// <summary>Compares the new read model with the live one, both at one position.</summary>
    public static Job CompareRebuild(StartRebuildInput input, IResolverContext context, [Service] ProjectionEngine engine, [Service] Jobs jobs)
    {
        Guard.Operate(context.User);
        return jobs.Start($"compare {input.Projection}", async _ => ToJson(await engine.CompareAsync(input.Projection, CancellationToken.None)));
    }

    /// <summary>Makes the new read model the live one; refused if numbers differ that no new version of the code declares.</summary>
    public static Task<string> PromoteRebuildAsync(PromoteRebuildInput input, IResolverContext context, [Service] ProjectionEngine engine, CancellationToken cancellationToken) =>
        ChangeAsync(context, () => engine.PromoteAsync(input.Projection, input.AcceptDifferences ?? false, cancellationToken));

    /// <summary>Makes the read model that was live before live again.</summary>
    public static Task<string> RollbackRebuildAsync(StartRebuildInput input, IResolverContext context, [Service] ProjectionEngine engine, CancellationToken cancellationToken) =>
        ChangeAsync(context, () => engine.RollbackAsync(input.Projection, cancellationToken));

    /// <summary>Drops every read model of a projection that isn't live.</summary>
    public static Task<IReadOnlyList<string>> DropRebuildAsync(StartRebuildInput input, IResolverContext context, [Service] ProjectionEngine engine, CancellationToken cancellationToken) =>
        ChangeAsync(context, () => engine.DropAsync(input.Projection, cancellationToken));

    private static Task<T> ChangeAsync<T>(IResolverContext context, Func<Task<T>> change)
    {
        Guard.Operate(context.User);
        return Operating.RunAsync(change);
    }

    internal static string ToJson(Comparison comparison) => JsonSerializer.Serialize(new
    {
        position = comparison.Position?.ToString(),
        equal = comparison.IsEqual,
        hash = comparison.LeftHash,
        otherHash = comparison.RightHash,
        cells = comparison.Cells,
        differences = comparison.DifferenceCount,
        first = comparison.Differences.Select(difference => difference.ToText()),
        skipped = comparison.Skipped,
        unaudited = comparison.Unaudited,
    });

    private sealed class Forward(IProgress<(double, string)> progress) : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value) => progress.Report((value.Fraction, RebuildProgressText.Of(value)));
    }
}

/// <summary>Which projection.</summary>
/// <param name="Projection">Its name, for example funnels.</param>
public sealed record StartRebuildInput(string Projection);

/// <summary>What to promote.</summary>
/// <param name="Projection">Its name, for example funnels.</param>
/// <param name="AcceptDifferences">True to promote whatever differs: for a live read model that is known to be wrong.</param>
public sealed record PromoteRebuildInput(string Projection, bool? AcceptDifferences = null);
