using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.ReadModels;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Common;

/// <summary>A report with where it stands.</summary>
/// <param name="Report">The report.</param>
/// <param name="AsOf">Where it stands.</param>
/// <param name="Position">The same position, to ask further at it.</param>
public sealed record Answer<T>(T Report, AsOf AsOf, LogPosition? Position);

/// <summary>
/// Decides who answers: the read model where it holds the cells and the newest numbers are asked for, the Explorer for everything else. Both use the same folds.
/// </summary>
public sealed class Answering(ProjectionEngine engine, LogExplorer explorer, IEventLog log, TimeProvider clock)
{
    /// <summary>The clock that answers are cut with.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Tries the read model.</summary>
    /// <returns>Null if the question has to be asked of the events.</returns>
    public async Task<Answer<T>?> StoredAsync<T>(
        string projection, long revision, IReadOnlyList<CellSelection> selections, AsOfInput? asOf, DateTimeOffset now, Func<CellSet, T?> build, CancellationToken cancellationToken)
        where T : class
    {
        if (asOf is { Position: not null } or { Time: not null }) return null;
        await WaitAsync(asOf, cancellationToken);
        ReadModelAnswer? cells;
        try { cells = await engine.ReadAsync(projection, revision, selections, cancellationToken); }
        catch (AnswerTooLargeException error) { throw new GraphQLException(error.Message, ApiErrorCodes.TooLarge); }
        if (cells is null || build(cells.Cells) is not { } report) return null;
        var lag = await LagAsync(cells.Position, now, cancellationToken);
        return new Answer<T>(report, new AsOf(
            cells.Position?.ToString() ?? "", cells.RecordedAt?.ToTime(), now.UtcDateTime, lag, cells.Projection, cells.Version, cells.Parked, cells.Deferred, Sampled: false), cells.Position);
    }

    /// <summary>Asks the events.</summary>
    public async Task<Answer<T>> ExploreAsync<T>(Project project, AsOfInput? asOf, DateTimeOffset now, Func<ProjectSnapshot, T> evaluate, CancellationToken cancellationToken)
    {
        var snapshot = await SnapshotAsync(project, asOf, cancellationToken);
        var lag = asOf is { Position: not null } or { Time: not null } ? 0 : await LagAsync(snapshot.Position, now, cancellationToken);
        return new Answer<T>(evaluate(snapshot), new AsOf(
            snapshot.Position?.ToString() ?? "", snapshot.RecordedAt?.ToTime(), now.UtcDateTime, lag, "explorer", 0, snapshot.Unreadable, 0, Sampled: false), snapshot.Position);
    }

    /// <summary>The persons of a project as of what was asked for; for "now" where the read models stand, so that all of a dashboard stands at one position.</summary>
    public async Task<ProjectSnapshot> SnapshotAsync(Project project, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        try { return await explorer.AtAsync(project, await ResolveAsync(asOf, cancellationToken), cancellationToken); }
        catch (ScanTooLargeException error) { throw new GraphQLException(error.Message, ApiErrorCodes.TooLarge); }
    }

    private async Task<LogPosition?> ResolveAsync(AsOfInput? asOf, CancellationToken cancellationToken)
    {
        if (asOf?.Position is { } position) return Positions.Parse(position);
        if (asOf?.Time is { } time) return await explorer.PositionAtAsync(time, await engine.FindNearAsync(time, cancellationToken), cancellationToken) ?? default(LogPosition);
        await WaitAsync(asOf, cancellationToken);
        return engine.Position ?? await log.GetHeadAsync(cancellationToken);
    }

    private async Task WaitAsync(AsOfInput? asOf, CancellationToken cancellationToken)
    {
        if (asOf?.AtLeast is not { } text || await engine.WaitForAsync(Positions.Parse(text), Projecting.Limits.AtLeastTimeout, cancellationToken)) return;
        throw new GraphQLException($"The read models stand at {engine.Position?.ToString() ?? "the start"} and did not reach {text} within {Projecting.Limits.AtLeastTimeout.TotalSeconds} s; ask again.", ApiErrorCodes.NotYet);
    }

    // The age of the first event that is not in the answer.
    private async Task<double> LagAsync(LogPosition? position, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await log.GetHeadAsync(cancellationToken) is not { } head || position >= head) return 0;
        return await engine.FindWaitingSinceAsync(position, cancellationToken) is { } since && now > since ? (now - since).TotalSeconds : 0;
    }
}
